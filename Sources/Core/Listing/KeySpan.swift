/// A stretch of the key space that one request at a time lists from its start to its end.
struct KeySpan {
    /// Unique in its plan, never used again.
    let id: Int
    /// Everything through this key has been listed; nil: nothing yet, and the stretch begins with the prefix.
    var cursor: ObjectKey?
    /// The last key that belongs to it, whether or not it exists; nil: it reaches to the end of the prefix.
    var upper: ObjectKey?

    /// A request for it is under way.
    var isLeased = false
    /// It was cut off another and none of its keys has been seen.
    var isGuess = false
    /// The page that shows how dense its keys may be: its own last one, or that of the span it was cut off.
    var page: KeyPage?
    /// The first page of its own, and how many followed.
    var firstPage: KeyPage?
    var pagesSince = 0
    /// Full pages since the last cut.
    var fullPages = 0
    /// Cuts that were made of it and its ancestors, less the pages that followed.
    var guesses = 0
    /// Where it may be cut when nobody can tell how far it reaches, ascending; nil: not looked at yet.
    var cuts: [ObjectKey]?
    /// How far it reaches; nil: not looked at yet, or nobody can tell.
    var outlook: SpanOutlook?
    var isLookedAt = false
    /// How its keys thin out, as far as its own pages and those of the span it was cut off tell.
    var density: KeyDensity

    init(id: Int, _ interval: KeyInterval, density: KeyDensity) {
        self.density = density
        self.id = id
        cursor = interval.after
        upper = interval.upto
    }

    /// What is left of it.
    var interval: KeyInterval { KeyInterval(after: cursor, upto: upper) }

    /// Where its beginning was taken to branch off from the keys known then; nil: its keys are known.
    var guessedPlace: KeyPlace? {
        guard isGuess, let cursor else { return nil }
        let shared = page.map { $0.last.sharedLength(with: cursor) } ?? cursor.sharedLength(with: cursor.withoutLast)
        return KeyPlace(behind: shared, of: cursor, like: page?.last ?? cursor)
    }

    /// A page was listed, and more follow.
    mutating func advance(past keys: some RandomAccessCollection<ObjectKey>, model: KeyModel) {
        cursor = keys.last
        page = KeyPage(keys)
        if let firstPage {
            pagesSince += 1
            // Every page would tell the same again.
            if let cursor, pagesSince & (pagesSince - 1) == 0 {
                SpanOutlook(cursor: firstPage.last, upper: cursor, page: firstPage, model: model)?.teach(
                    &density, pages: Double(pagesSince))
            }
        } else {
            firstPage = page
        }
        fullPages += 1
        guesses = max(0, guesses - 2)
        cuts = nil
        isLookedAt = false
    }

    /// How far it reaches; nil where nobody can tell.
    mutating func look(_ model: KeyModel) -> SpanOutlook? {
        if isLookedAt { return outlook }
        isLookedAt = true
        outlook = nil
        if let cursor, let upper, let page {
            outlook = SpanOutlook(cursor: cursor, upper: upper, page: page, model: model)
        }
        return outlook
    }

    /// Where it may be cut when nobody can tell how far it reaches; none where it has shown no page of its own.
    mutating func findCuts(_ model: KeyModel, prefix: String) -> [ObjectKey] {
        if let cuts { return cuts }
        guard !isGuess, let page else { return [] }
        let found = SplitPoints(after: page, upper: upper, prefix: prefix, model: model).cuts
        cuts = found
        return found
    }

    /// Cuts it: it keeps the part through `middle`, the other is given.
    mutating func split(at middle: ObjectKey, id: Int) -> KeySpan {
        var other = KeySpan(id: id, KeyInterval(after: middle, upto: upper), density: density.asPrior)
        other.isGuess = true
        upper = middle
        other.page = page
        guesses += 1
        other.guesses = guesses
        fullPages = min(fullPages, 1)
        (isLookedAt, other.isLookedAt) = (false, false)
        return other
    }
}
