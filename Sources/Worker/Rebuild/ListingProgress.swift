/// How far a listing is that may be shared with other workers, in objects.
struct ListingProgress {
    /// How many objects all workers have listed, in earlier attempts too; never falls.
    private(set) var done: Int
    private var listed: Int
    /// What had been listed before, by whomever.
    private let before: Int
    private var taken = 0
    private var kept = 0
    private var given = 0

    /// So many had been listed, by whomever, before this worker began.
    init(listed: Int) {
        before = listed
        self.listed = listed
        done = listed
    }

    /// So many objects were listed here, and are not kept yet.
    mutating func took(_ count: Int) {
        taken += count
        advance()
    }

    /// So many of them were kept: now all workers have kept `listed`.
    mutating func kept(_ count: Int, listed: Int) {
        kept += count
        self.listed = max(self.listed, listed)
        advance()
    }

    /// About so many of those that were left here are another worker's now.
    mutating func gave(_ count: Int) { given += max(0, count) }

    /// About how many are left, of which `here` are this worker's: those of its own that went to others are left until others
    /// have listed as many.
    func left(here: Int) -> Int {
        let byOthers = max(0, listed - kept - before)
        return here + max(0, given - byOthers)
    }

    private mutating func advance() { done = max(done, listed + taken - kept) }
}
