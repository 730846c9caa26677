internal import Synchronization

/// One request and what comes back: the client's thread fills it, the task that made the request empties it.
final class Exchange: Sendable {
    let id: UInt64
    let prepared: PreparedRequest
    /// How long the body may be.
    let bodyLimit: Int
    /// How much of the body is kept before the transfer pauses.
    private let bufferLimit: Int
    private let inbox: TransferInbox
    private let state = Mutex(State())

    private struct State {
        var head: HTTPResponseHead?
        var bytes: [UInt8] = []
        var end: Result<HTTPTimings, any Error>?
        var isPaused = false
        var isAbandoned = false
        var waiter: Waiter?

        func hasReached(_ milestone: Milestone) -> Bool {
            switch milestone {
            case .head: head != nil || end != nil
            case .bytes: !bytes.isEmpty || end != nil
            case .end: end != nil
            }
        }
    }

    private struct Waiter {
        let milestone: Milestone
        let continuation: CheckedContinuation<Void, any Error>
    }

    /// What a task can wait for. The end comes in any case.
    private enum Milestone {
        case head
        case bytes
        case end
    }

    init(id: UInt64, _ prepared: PreparedRequest, bodyLimit: Int, bufferLimit: Int, inbox: TransferInbox) {
        self.id = id
        self.prepared = prepared
        self.bodyLimit = bodyLimit
        self.bufferLimit = bufferLimit
        self.inbox = inbox
    }

    // MARK: The task's side

    /// Makes the request and waits for all of the response.
    nonisolated(nonsending) func response() async throws -> HTTPResponse {
        try await reach(.end, startingIt: true)
        let (head, body, end) = state.withLock { state in
            (state.head, exchange(&state.bytes, with: []), state.end)
        }
        let timings = try end?.get()
        guard let head, let timings else { throw Self.lost }
        return HTTPResponse(
            status: head.status, headers: head.headers, body: body, timings: timings, remoteAddress: head.remoteAddress)
    }

    /// Makes the request and waits for the response's head.
    nonisolated(nonsending) func head() async throws -> HTTPResponseHead {
        try await reach(.head, startingIt: true)
        return try state.withLock { state in
            // An end that has come already is found by whoever reads the body.
            if let head = state.head { return head }
            _ = try state.end?.get()
            throw Self.lost
        }
    }

    /// Waits for bytes, takes what there is, and lets a paused transfer go on. nil at the end.
    nonisolated(nonsending) func nextChunk() async throws -> [UInt8]? {
        try await reach(.bytes)
        let (chunk, wasPaused): ([UInt8]?, Bool) = try state.withLock { state in
            if state.isAbandoned { throw CancellationError() }
            guard !state.bytes.isEmpty else {
                _ = try state.end?.get()
                return (nil, false)
            }
            return (exchange(&state.bytes, with: []), exchange(&state.isPaused, with: false))
        }
        if wasPaused { inbox.post(.resumeDownload(id)) }
        return chunk
    }

    /// When things happened; nil unless the exchange has ended well.
    var finalTimings: HTTPTimings? {
        state.withLock { state in try? state.end?.get() }
    }

    /// Ends the exchange, unless it has ended.
    func abandon() {
        let hasEnded = state.withLock { state in
            if state.end == nil { state.isAbandoned = true }
            return state.end != nil
        }
        if !hasEnded { inbox.post(.abort(id)) }
    }

    private nonisolated(nonsending) func reach(_ milestone: Milestone, startingIt: Bool = false) async throws {
        try await withTaskCancellationHandler {
            if startingIt, !inbox.post(.start(self)) { throw Self.closed.about(prepared.request) }
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if state.hasReached(milestone) { return .success(()) }
                    if state.waiter != nil { return .failure(Self.twoReaders.about(prepared.request)) }
                    state.waiter = Waiter(milestone: milestone, continuation: continuation)
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            abandon()
        }
    }

    // MARK: The thread's side

    /// Whether nobody wants the response any more.
    var isAbandoned: Bool { state.withLock(\.isAbandoned) }

    /// The head has come. The task learns of it with `announce`.
    func receive(_ head: HTTPResponseHead, expecting length: Int?) {
        state.withLock { state in
            state.head = head
            // Not more than `bodyLimit`; and what never comes takes no memory but addresses.
            state.bytes.reserveCapacity(min(max(0, length ?? 0), bufferLimit))
        }
    }

    /// Bytes of the body have come. False when there is no room: they must come again after `resumeDownload`.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            guard state.bytes.count < bufferLimit else {
                state.isPaused = true
                return false
            }
            if state.bytes.isEmpty, bufferLimit < .max { state.bytes.reserveCapacity(bufferLimit) }
            state.bytes.append(contentsOf: bytes)
            return true
        }
    }

    /// Wakes the task if what it waits for has come.
    func announce() {
        let waiter = state.withLock { state in
            state.waiter.map { state.hasReached($0.milestone) } == true ? state.waiter.take() : nil
        }
        waiter?.continuation.resume()
    }

    /// It has ended, well or not. The thread has let go of everything that belongs to it.
    func finish(_ end: Result<HTTPTimings, any Error>) {
        state.withLock { state in state.end = end }
        announce()
    }

    static var closed: HTTPError { HTTPError(.clientClosed, "the HTTP client is closed") }

    private static var twoReaders: HTTPError { HTTPError(.invalidRequest, "two tasks read one response") }

    private static var lost: HTTPError { HTTPError(.unexpected, "a transfer ended without a result") }
}
