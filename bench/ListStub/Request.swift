/// A request without its body, which no request here needs.
struct Request {
    let method: String
    /// The path, decoded.
    let path: [UInt8]
    /// The query's parameters, decoded; those without a value are empty.
    let query: [String: [UInt8]]
    /// How many bytes of body follow the head.
    let bodyLength: Int
    /// Whether the client ends the connection after this request.
    let isLast: Bool

    /// What this head, up to the empty line, says; nil where it is none.
    init?(head: some Collection<UInt8>) {
        let lines = head.split(separator: 0x0a).map { $0.last == 0x0d ? $0.dropLast() : $0 }
        guard let words = lines.first?.split(separator: 0x20), words.count == 3 else { return nil }
        method = String(decoding: words[0], as: UTF8.self)
        let parts = words[1].split(separator: 0x3f, maxSplits: 1, omittingEmptySubsequences: false)
        // A plus is a plus in a path.
        guard let path = Escaping.decode(parts[0].flatMap { $0 == 0x2b ? Array("%2B".utf8) : [$0] }) else { return nil }
        self.path = path
        var query: [String: [UInt8]] = [:]
        for parameter in parts.dropFirst().first?.split(separator: 0x26) ?? [] {
            let sides = parameter.split(separator: 0x3d, maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Escaping.decode(sides[0]), let value = Escaping.decode(sides.count == 2 ? sides[1] : [])
            else { return nil }
            query[String(decoding: name, as: UTF8.self)] = value
        }
        self.query = query
        var bodyLength = 0
        var isLast = false
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: 0x3a) else { continue }
            let name = line[..<colon]
            guard name.count == 10 || name.count == 14 else { continue }
            let value = String(decoding: line[colon...].dropFirst().drop { $0 == 0x20 }, as: UTF8.self).lowercased()
            switch String(decoding: name, as: UTF8.self).lowercased() {
            case "connection": isLast = value == "close"
            case "content-length":
                guard let length = Int(value), length >= 0 else { return nil }
                bodyLength = length
            default: continue
            }
        }
        self.bodyLength = bodyLength
        self.isLast = isLast
    }

    /// A parameter as text; nil where it is not there.
    func text(_ name: String) -> String? {
        query[name].map { String(decoding: $0, as: UTF8.self) }
    }
}
