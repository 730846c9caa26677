/// At which places of keys pages differ from their neighbours: there folders and counters branch, elsewhere names merely go on.
struct KeyBranches {
    /// Last keys of pages, ascending.
    private var keys: [ObjectKey] = []
    private var counts = [Int32](repeating: 0, count: KeyPlace.count)
    /// How many guesses that keys branch there were made of late, and how many were right.
    private var guesses = [(made: Int, right: Int)](repeating: (0, 0), count: KeyPlace.count)
    private static let mostKeys = 1024
    /// Fewer tell nothing.
    private static let fewestKeys = 48

    /// Takes note of a page's last key; those of the first pages stand for all.
    mutating func insert(_ key: ObjectKey) {
        guard keys.count < Self.mostKeys else { return }
        let place = keys.offset { $0 > key }
        let before = place > 0 ? keys[place - 1] : nil
        let after = place < keys.count ? keys[place] : nil
        if let before, let after { count(before, after, by: -1) }
        if let before { count(before, key, by: 1) }
        if let after { count(key, after, by: 1) }
        keys.insert(key, at: place)
    }

    /// Takes note of what became of a guess: that keys follow which differ from those known first at this place.
    mutating func learn(guessAt place: KeyPlace, isRight: Bool) {
        guesses[place.index].made += 1
        if isRight { guesses[place.index].right += 1 }
        if guesses[place.index].made > Self.mostGuesses {
            guesses[place.index].made /= 2
            guesses[place.index].right /= 2
        }
    }
    private static let mostGuesses = 64

    /// Whether keys may be taken to differ at a place for the first time.
    func branch(at place: KeyPlace) -> Bool {
        let (made, right) = guesses[place.index]
        return mayBranch(at: place) && made < (right + 1) * 6
    }

    /// Whether pages have differed from others at a place first.
    func mayBranch(at place: KeyPlace) -> Bool { keys.count < Self.fewestKeys || counts[place.index] > 0 }

    private mutating func count(_ left: ObjectKey, _ right: ObjectKey, by number: Int32) {
        counts[KeyPlace(behind: left.sharedLength(with: right), of: left, like: left).index] += number
    }
}
