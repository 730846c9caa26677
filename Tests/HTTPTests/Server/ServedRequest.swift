/// A request as a scripted server got it.
struct ServedRequest: Sendable {
    /// Request line and headers, with all line ends.
    let head: String
    var body: [UInt8] = []

    /// The lines without their ends.
    var lines: [String] {
        head.split(separator: "\r\n").map(String.init)
    }

    /// The request line's second word.
    var target: String {
        lines.first.map { $0.split(separator: " ") }.flatMap { $0.count > 1 ? String($0[1]) : nil } ?? ""
    }

    /// The value of a header.
    subscript(name: String) -> String? {
        lines.dropFirst().first { $0.lowercased().hasPrefix(name + ":") }
            .map { String($0.dropFirst(name.count + 1).drop { $0 == " " }) }
    }
}
