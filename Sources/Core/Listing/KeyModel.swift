/// What the keys seen so far tell about those that have not been seen: which characters stand at which place.
///
/// Keys behind a common beginning are read as fractions from 0 to 1, each place a digit in the alphabet of that place: equal
/// steps of the fraction are about equally many keys where keys are counters, dates or hashes. Order is kept, equal fractions
/// may come of different keys.
struct KeyModel {
    private var alphabets = [PlaceAlphabet](repeating: PlaceAlphabet(), count: KeyPlace.count)
    /// Where keys branch.
    var branches = KeyBranches()
    /// Steps below it are lost in rounding.
    private static let finest = 1e-13

    /// Takes note of a key that exists.
    mutating func learn(_ key: ObjectKey) {
        var place = KeyPlace(of: key)
        for scalar in key.string.unicodeScalars {
            alphabets[place.index].insert(scalar.value)
            place.advance(past: scalar.value)
        }
    }

    /// The characters that were seen at a place.
    func alphabet(at place: KeyPlace) -> PlaceAlphabet { alphabets[place.index] }

    /// What follows the first `length` bytes of a key, as a fraction. Of the characters that follow, the first counts and,
    /// from `exact` bytes on, all; between them those at places where keys branch. It is read as keys are that are as deep as
    /// `model`.
    func fraction(_ key: ObjectKey, behind length: Int, exact: Int = 0, like model: ObjectKey) -> Double {
        let text = key.string.unicodeScalars
        var index = key.string.utf8.index(key.string.utf8.startIndex, offsetBy: min(length, key.length))
        var place = KeyPlace(behind: length, of: key, like: model)
        var depth = length
        var fraction = 0.0
        var width = 1.0
        while index < text.endIndex, width > Self.finest {
            let scalar = text[index]
            if depth == length || depth >= exact || branches.branch(at: place) {
                let alphabet = alphabets[place.index]
                let (before, isKnown) = alphabet.rank(scalar.value)
                let count = Double(max(alphabet.count, 1))
                fraction += width * Double(before) / count
                guard isKnown else { break }
                width /= count
            }
            place.advance(past: scalar.value)
            depth += UTF8.width(scalar)
            text.formIndex(after: &index)
        }
        return fraction
    }

    /// A key that begins with the first `length` bytes of `key` and goes on with about this fraction, as exact as `step`; nil
    /// where nothing is known of that place.
    func key(_ fraction: Double, step: Double, behind length: Int, exact: Int = 0, of key: ObjectKey) -> ObjectKey? {
        guard fraction.isFinite else { return nil }
        var place = KeyPlace(behind: length, of: key, like: key)
        var scalars = Array(key.prefix(length))
        let model = Array(key.string.unicodeScalars)
        var follows = true
        var depth = length
        var rest = min(max(fraction, 0), 1)
        var width = 1.0
        var next: [Unicode.Scalar] = []
        while next.isEmpty || width > max(step, Self.finest), depth <= ObjectKey.maximumLength {
            if depth == length || depth >= exact || branches.branch(at: place) {
                let alphabet = alphabets[place.index]
                guard alphabet.count > 0 else { break }
                rest *= Double(alphabet.count)
                let rank = min(Int(rest), alphabet.count - 1)
                rest -= Double(rank)
                width /= Double(alphabet.count)
                guard let scalar = Unicode.Scalar(alphabet[rank]) else { break }
                next.append(scalar)
            } else {
                // Where keys do not branch, the key that is followed goes on; no other is known.
                guard follows, scalars.count + next.count < model.count else { break }
                next.append(model[scalars.count + next.count])
            }
            guard let last = next.last else { break }
            let count = scalars.count + next.count
            follows = follows && count <= model.count && model[count - 1] == last
            place.advance(past: last.value)
            depth += UTF8.width(last)
        }
        guard let last = next.popLast() else { return nil }
        scalars += next
        return ObjectKey(listable: scalars, last.value)
    }
}
