internal import Glibc

/// Answers the requests of one connection, one after the other.
struct Connection {
    private let socket: Socket
    private let service: Service
    private var received: [UInt8] = []
    private let longestHead = 64 << 10

    init(_ socket: Socket, _ service: Service) {
        self.socket = socket
        self.service = service
    }

    /// Goes on until the client ends the connection, or says what no request is.
    mutating func serve() {
        while let request = try? nextRequest() {
            let arrived = Self.now
            do throws(SocketError) {
                if let answer = service.answerAboutItself(request) {
                    try send(answer) {}
                } else {
                    try answer(request, arrived)
                }
            } catch {
                return
            }
            if request.isLast { return }
        }
    }

    private func answer(_ request: Request, _ arrived: Int64) throws(SocketError) {
        let (number, inFlight) = service.counters.begin()
        var isRunning = true
        func end() {
            if isRunning { service.counters.end() }
            isRunning = false
        }
        defer { end() }
        let answer = service.answer(request, number: number, inFlight: inFlight)
        Self.sleep(until: arrived + answer.delay)
        // A client that has the whole answer may ask for more at once, which is then not one too many.
        try send(answer, beforeLast: end)
    }

    // MARK: Receiving

    /// Throws `gone` at the end; nil for what is no request.
    private mutating func nextRequest() throws(SocketError) -> Request? {
        var searched = 0
        while true {
            if let end = Self.endOfHead(received, from: searched) {
                guard let request = Request(head: received[..<end]) else { return nil }
                received.removeFirst(end)
                try skip(request.bodyLength)
                return request
            }
            guard received.count <= longestHead else { return nil }
            searched = max(0, received.count - 3)
            try receive()
        }
    }

    private mutating func skip(_ length: Int) throws(SocketError) {
        var left = length
        while left > 0 {
            if received.isEmpty { try receive() }
            let skipped = min(left, received.count)
            received.removeFirst(skipped)
            left -= skipped
        }
    }

    private mutating func receive() throws(SocketError) {
        var failure: SocketError?
        let arrived = [UInt8](unsafeUninitializedCapacity: 16 << 10) { buffer, count in
            do throws(SocketError) {
                count = try socket.receive(into: UnsafeMutableRawBufferPointer(buffer))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        received += arrived
    }

    private static func endOfHead(_ bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        while index + 4 <= bytes.count {
            if bytes[index] == 0x0d, bytes[index + 1] == 0x0a, bytes[index + 2] == 0x0d, bytes[index + 3] == 0x0a {
                return index + 4
            }
            index += 1
        }
        return nil
    }

    // MARK: Sending

    private func send(_ answer: Answer, beforeLast: () -> Void) throws(SocketError) {
        let pieces = answer.isHead ? [] : answer.pieces
        if pieces.isEmpty { beforeLast() }
        try send(answer.head(date: HTTPDate.now)[...], more: !pieces.isEmpty && !answer.drips)
        for (index, piece) in pieces.enumerated() {
            let bytes =
                switch piece {
                case .bytes(let bytes): bytes[...]
                case .part(let texts, let range): texts.bytes[range]
                }
            if index == pieces.count - 1 { beforeLast() }
            if answer.drips { try drip(bytes) } else { try send(bytes, more: index < pieces.count - 1) }
        }
    }

    private func send(_ bytes: ArraySlice<UInt8>, more: Bool) throws(SocketError) {
        var failure: SocketError?
        bytes.withUnsafeBytes { buffer in
            do throws(SocketError) { try socket.send(buffer, more: more) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func drip(_ bytes: ArraySlice<UInt8>) throws(SocketError) {
        for index in bytes.indices {
            try send(bytes[index...index], more: false)
            if socket.isGone(within: 100) { return }
        }
    }

    // MARK: Time

    /// Nanoseconds on a clock that only goes forward.
    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private static func sleep(until instant: Int64) {
        guard instant > now else { return }
        var time = timespec(tv_sec: Int(instant / 1_000_000_000), tv_nsec: Int(instant % 1_000_000_000))
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
    }
}
