public import Core

/// Valid keys made of the parts that are hard for a store, short enough to collide and to nest often.
public struct RandomKeys: Sendable {
    private static let parts = [
        "a", "b", "", "", ".", "..", "a.b", "A", " ", "%2F", "\n", "é", "e\u{301}", "😀", "~",
        ".s3cache~", ".s3cache~f~a", ".s3cache~d~", ".s3cache~l~", ".s3cache~t~",
        String(repeating: "l", count: 244), String(repeating: "l", count: 255),
        String(repeating: "l", count: 256), String(repeating: "l", count: 300),
        "x" + String(repeating: "é", count: 150),
        String(repeating: "😀", count: 61) + "z",
    ]

    private var generator: SeededGenerator

    /// The keys that a seed determines.
    public init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// A key of 1 to 1,024 bytes.
    public mutating func next() -> ObjectKey {
        while true {
            let count = Int.random(in: 1...4, using: &generator)
            let components = (0..<count).map { _ in component() }
            let key = ObjectKey(components.joined(separator: "/"))
            if (1...ObjectKey.maximumLength).contains(key.length) { return key }
        }
    }

    private mutating func component() -> String {
        let part = Self.parts.randomElement(using: &generator) ?? ""
        return Int.random(in: 0..<4, using: &generator) == 0
            ? part + (Self.parts.randomElement(using: &generator) ?? "") : part
    }
}
