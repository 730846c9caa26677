internal import Glibc
internal import Synchronization

/// Lists pages as fast as some connections can, to measure the stub itself.
final class LoadLoop: Sendable {
    private let pages = Atomic<Int>(0)
    private let bytes = Atomic<Int>(0)

    /// Lists pages behind random keys for so many seconds: pages and bytes a second. Throws `unavailable`.
    func run(_ bucket: Bucket, port: UInt16, connections: Int, seconds: Int) throws(SocketError) -> (
        pages: Int, bytes: Int
    ) {
        for number in 0..<connections {
            try StubThread.start {
                try? self.list(bucket, port: port, SplitMix64(seed: UInt64(number)))
            }
        }
        sleep(1)
        let before = (pages.load(ordering: .relaxed), bytes.load(ordering: .relaxed))
        sleep(UInt32(seconds))
        let after = (pages.load(ordering: .relaxed), bytes.load(ordering: .relaxed))
        return ((after.0 - before.0) / seconds, (after.1 - before.1) / seconds)
    }

    private func list(_ bucket: Bucket, port: UInt16, _ numbers: SplitMix64) throws(SocketError) {
        var random = numbers
        let socket = try Socket.connect(to: port)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            var request = Array("GET /bench?list-type=2&encoding-type=url&max-keys=1000".utf8)
            let last = bucket.keys.count - 1_000
            if last > 0 {
                request.append("&start-after=")
                Escaping.appendURL(bucket.keys[random.below(last)], to: &request)
            }
            request.append(" HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n")
            var failure: SocketError?
            request.withUnsafeBytes { bytes in
                do throws(SocketError) { try socket.send(bytes, more: false) } catch { failure = error }
            }
            if let failure { throw failure }
            var head: [UInt8] = []
            var left: Int?
            repeat {
                let count = try socket.receive(into: buffer)
                bytes.add(count, ordering: .relaxed)
                if let known = left {
                    left = known - count
                } else {
                    head += buffer.prefix(min(count, 4_096))
                    left = Self.whole(head).map { $0 - count }
                }
            } while left != 0
            pages.add(1, ordering: .relaxed)
        }
    }

    /// How many bytes an answer has that begins like this, with its head; nil until the head is there.
    private static func whole(_ head: [UInt8]) -> Int? {
        let text = String(decoding: head, as: UTF8.self)
        guard let lines = text.split(separator: "\r\n\r\n").first, text.utf8.count > lines.utf8.count + 3 else {
            return nil
        }
        let name = "Content-Length: "
        let length = lines.split(separator: "\r\n").first { $0.hasPrefix(name) }.flatMap {
            Int($0.dropFirst(name.count))
        }
        return length.map { $0 + lines.utf8.count + 4 }
    }
}
