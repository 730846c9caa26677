/// A fault and the pages that have it; pages are counted from 1 as they are asked for.
struct PlannedFault {
    let fault: Fault
    let first: Int
    let isLasting: Bool

    /// What `KIND@N` (the Nth page), `KIND@N+` (that and all behind it) or `KIND` (all) means; nil where it is none.
    init?(_ text: String) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let kind = parts.first, let fault = Fault(rawValue: String(kind)) else { return nil }
        self.fault = fault
        guard parts.count == 2 else {
            first = 1
            isLasting = true
            return
        }
        isLasting = parts[1].hasSuffix("+")
        guard let page = Int(isLasting ? parts[1].dropLast() : parts[1]), page > 0 else { return nil }
        first = page
    }

    /// Whether this page has it.
    func hits(_ page: Int) -> Bool {
        isLasting ? page >= first : page == first
    }
}
