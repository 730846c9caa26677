import Synchronization

@testable import TestSupport

/// A server to put behind a proxy. It tells in its responses what it was asked; the path says in which form.
///
/// `/chunked/N` and `/plain/N` are bodies of N bytes, `/closing/N` ends with the connection, `/early` answers without
/// reading the request's body. All else is answered with method, target, `Host` and how many bytes the body had.
final class UpstreamServer: Sendable {
    let port: UInt16
    private let listener: ProxySocket
    private let state = ProxyState()

    init() throws {
        (listener, port) = try ProxySocket.listen()
        let (listener, state) = (listener, state)
        try startProxyThread {
            while let socket = listener.accept(), state.open(socket) {
                try? startProxyThread {
                    try? Self.serve(socket, state)
                    state.closed(socket)
                }
            }
        }
    }

    deinit {
        listener.interrupt()
        state.stop()
    }

    var origin: String { "http://127.0.0.1:\(port)" }

    /// What has arrived here.
    var requests: [FaultProxy.Request] { state.requests }
    var acceptedConnections: Int { state.accepted }

    /// Bytes that differ from place to place.
    static func bytes(_ count: Int) -> [UInt8] {
        // A prime, so that the repetitions fall on other places of any buffer.
        let block = (0..<min(count, 65_521)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        var bytes: [UInt8] = []
        while bytes.count < count { bytes += block.prefix(count - bytes.count) }
        return bytes
    }

    private static func serve(_ socket: ProxySocket, _ state: ProxyState) throws {
        var reader = ProxyReader(socket)
        while let head = try reader.head() {
            let request = state.record(head)
            let words = request.path.split(separator: "/")
            let size = words.count == 2 ? Int(words[1]) ?? 0 : 0
            if words.first == "early" {
                try socket.send(Array("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno".utf8))
                socket.finish()
                return
            }
            var taken = 0
            _ = try reader.body(ProxyFraming(request: head)) { piece in
                taken += piece.count
                return true
            }
            switch words.first {
            case "plain":
                try socket.send(Array("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\nX-Kept: 1\r\n\r\n".utf8))
                if request.method != "HEAD" { try socket.send(bytes(size)) }
            case "chunked":
                try socket.send(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8))
                let body = bytes(size)
                for start in stride(from: 0, to: size, by: 70_001) {
                    let chunk = body[start..<min(size, start + 70_001)]
                    try socket.send(Array("\(String(chunk.count, radix: 16));x=y\r\n".utf8) + chunk + [13, 10])
                }
                try socket.send(Array("0\r\nX-Trailer: 1\r\n\r\n".utf8))
            case "closing":
                try socket.send(Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".utf8) + bytes(size))
                return
            default:
                let said = "\(request.method) \(request.target) \(request["host"] ?? "") \(taken)"
                let date = "Date: Sat, 01 Jan 2000 00:00:00 GMT\r\n"
                try socket.send(
                    Array("HTTP/1.1 200 OK\r\n\(date)Content-Length: \(said.utf8.count)\r\n\r\n\(said)".utf8))
            }
        }
    }
}
