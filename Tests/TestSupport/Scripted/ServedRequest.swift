/// A request as a scripted server got it.
public struct ServedRequest: Sendable {
    /// Request line and headers, with all line ends.
    public let head: String
    /// Its body, without the chunks that it may have come in.
    public var body: [UInt8] = []

    /// The lines without their ends.
    public var lines: [String] {
        head.split(separator: "\r\n").map(String.init)
    }

    /// The request line's second word.
    public var target: String {
        lines.first.map { $0.split(separator: " ") }.flatMap { $0.count > 1 ? String($0[1]) : nil } ?? ""
    }

    /// The value of a header.
    public subscript(name: String) -> String? {
        lines.dropFirst().first { $0.lowercased().hasPrefix(name + ":") }
            .map { String($0.dropFirst(name.count + 1).drop { $0 == " " }) }
    }
}
