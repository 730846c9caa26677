/// Reads the messages that come over a socket.
struct ProxyReader {
    let socket: ProxySocket
    private var unread: ArraySlice<UInt8> = []
    /// Longer heads and chunk lines are no HTTP that we know.
    private static let longestHead = 1 << 20

    init(_ socket: ProxySocket) {
        self.socket = socket
    }

    /// Whether something is there to read, be it the end.
    var isReadable: Bool { !unread.isEmpty || socket.isReadable }

    /// The next head; nil when the peer has ended the connection before one.
    mutating func head() throws -> ProxyHead? {
        var bytes: [UInt8] = []
        repeat {
            guard let line = try line() else { return nil }
            // Empty lines before a message are to be ignored.
            if bytes.isEmpty, line.isLineEnd { continue }
            bytes += line
            guard bytes.count < Self.longestHead else { throw ProxySocket.Gone() }
            if line.isLineEnd { return ProxyHead(bytes) }
        } while true
    }

    /// Hands over a body piece by piece as it is transferred, until the end or until `take` wants no more; true at the end.
    mutating func body(_ framing: ProxyFraming, _ take: (ArraySlice<UInt8>) throws -> Bool) throws -> Bool {
        switch framing {
        case .length(let length): return try pieces(length, take)
        case .chunked: return try chunks(take)
        case .untilClosed:
            while try fill() {
                let piece = unread
                unread = []
                guard try take(piece) else { return false }
            }
            return true
        }
    }

    /// Reads a body and forgets it.
    mutating func skipBody(_ framing: ProxyFraming) throws {
        _ = try body(framing) { _ in true }
    }

    private mutating func pieces(_ length: Int, _ take: (ArraySlice<UInt8>) throws -> Bool) throws -> Bool {
        var missing = length
        while missing > 0 {
            guard try fill() else { throw ProxySocket.Gone() }
            let piece = unread.prefix(missing)
            unread = unread.dropFirst(piece.count)
            missing -= piece.count
            guard try take(piece) else { return false }
        }
        return true
    }

    private mutating func chunks(_ take: (ArraySlice<UInt8>) throws -> Bool) throws -> Bool {
        while true {
            guard let line = try line() else { throw ProxySocket.Gone() }
            guard try take(line[...]) else { return false }
            let digits = String(decoding: line, as: UTF8.self).prefix { $0.isHexDigit }
            guard let size = Int(digits, radix: 16), size < Int.max - 2 else { throw ProxySocket.Gone() }
            if size == 0 { break }
            guard try pieces(size + 2, take) else { return false }
        }
        while let line = try line() {
            guard try take(line[...]) else { return false }
            if line.isLineEnd { return true }
        }
        throw ProxySocket.Gone()
    }

    /// The bytes up to the next line feed and with it; nil when the peer has ended the connection before it.
    private mutating func line() throws -> [UInt8]? {
        var line: [UInt8] = []
        while line.count < Self.longestHead {
            guard try fill() else { return nil }
            if let end = unread.firstIndex(of: 10) {
                line += unread[...end]
                unread = unread[(end + 1)...]
                return line
            }
            line += unread
            unread = []
        }
        throw ProxySocket.Gone()
    }

    /// Sees that something is unread; false at the end.
    private mutating func fill() throws -> Bool {
        if unread.isEmpty { unread = try socket.receive()[...] }
        return !unread.isEmpty
    }
}

extension [UInt8] {
    fileprivate var isLineEnd: Bool { self == [10] || self == [13, 10] }
}
