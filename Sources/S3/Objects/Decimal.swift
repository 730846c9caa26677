/// Numbers in headers: digits and nothing else.
enum Decimal {
    /// Nil for anything else, and for what is beyond 64 bits.
    static func number(_ text: some StringProtocol) -> Int64? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text)
    }
}
