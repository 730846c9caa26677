/// A released version: three numbers, compared as numbers.
struct Version: Comparable, Hashable, CustomStringConvertible {
    let numbers: [Int]

    /// Reads `1.2.3`; nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(part) : nil
        }
        guard parts.count == 3, numbers.count == 3 else { return nil }
        self.numbers = numbers
    }

    var description: String {
        numbers.map(String.init).joined(separator: ".")
    }

    static func < (left: Version, right: Version) -> Bool {
        left.numbers.lexicographicallyPrecedes(right.numbers)
    }
}
