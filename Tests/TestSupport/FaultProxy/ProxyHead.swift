/// The head of a request or a response.
struct ProxyHead: Sendable {
    /// Request line or status line, without its end.
    var startLine: String
    /// The headers, in order.
    var fields: [(name: String, value: String)]
    /// As it came, with all line ends; nil once it was changed.
    private var original: [UInt8]?

    /// A head of our own.
    init(startLine: String, fields: [(name: String, value: String)]) {
        self.startLine = startLine
        self.fields = fields
    }

    /// Reads a head with the empty line at its end.
    init(_ bytes: [UInt8]) {
        var lines = bytes.split(separator: 10).map { line in
            String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
        }
        startLine = lines.isEmpty ? "" : lines.removeFirst()
        fields = lines.filter { !$0.isEmpty }.map { line in
            let name = line.prefix { $0 != ":" }
            return (String(name), line.dropFirst(name.count + 1).trimmed)
        }
        original = bytes
    }

    /// The bytes to send.
    var bytes: [UInt8] {
        if let original { return original }
        let lines = [startLine] + fields.map { "\($0.name): \($0.value)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// The first value of a header, its name in lower case.
    subscript(name: String) -> String? {
        fields.first { $0.name.lowercased() == name }?.value
    }

    /// Puts one header in place of all of this name; nil only removes them.
    mutating func set(_ name: String, _ value: String?) {
        fields.removeAll { $0.name.lowercased() == name.lowercased() }
        if let value { fields.append((name, value)) }
        original = nil
    }

    /// The status of a response; 0 where there is none.
    var status: Int {
        let words = startLine.split(separator: " ")
        return words.count > 1 ? Int(words[1]) ?? 0 : 0
    }

    /// Whether the connection ends with this message.
    var closesConnection: Bool {
        let connection = self["connection"]?.lowercased()
        return connection == "close" || startLine.contains("HTTP/1.0") && connection != "keep-alive"
    }
}

extension Substring {
    fileprivate var trimmed: String {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return String(start[...end])
    }
}
