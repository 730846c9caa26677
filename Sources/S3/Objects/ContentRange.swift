/// What a `Content-Range` header says: `bytes 0-9/100` (RFC 9110, 14.4).
struct ContentRange: Equatable {
    let range: Range<Int64>
    let size: Int64

    /// Nil for anything else, an unknown size included.
    init?(_ text: String) {
        guard text.lowercased().hasPrefix("bytes ") else { return nil }
        let halves = text.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, let size = Decimal.number(halves[1]) else { return nil }
        let bounds = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2, let first = Decimal.number(bounds[0]), let last = Decimal.number(bounds[1]),
            first <= last, last < size
        else { return nil }
        range = first..<last + 1
        self.size = size
    }
}
