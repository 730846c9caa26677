internal import Synchronization

/// An HTTP/1.1 client: bounded, reusing connections, and safe to share.
///
/// libcurl does the work on one thread that belongs to the client. Redirects are not followed, cookies not kept, nothing is
/// retried (but see `HTTPRequest.isIdempotent`), and certificates are always checked.
///
/// ```swift
/// let client = try HTTPClient()
/// let response = try await client.send(HTTPRequest(.get, "https://example.org/a"), bodyLimit: 1 << 20)
/// let download = try await client.stream(HTTPRequest(.get, "https://example.org/b"))
/// for try await chunk in download.body { … }
/// await client.close()
/// ```
///
/// Cancelling a task aborts its request within milliseconds; the call throws `CancellationError`.
public final class HTTPClient: Sendable {
    private let settings: HTTPClientSettings
    private let inbox: TransferInbox
    private let lastID = Atomic<UInt64>(0)

    /// A client that has connected to nothing yet.
    ///
    /// Throws `resourcesExhausted` when the system has no thread or memory left.
    public init(_ settings: HTTPClientSettings = HTTPClientSettings()) throws(HTTPError) {
        self.settings = settings
        let multi = try MultiHandle(settings)
        let inbox = TransferInbox(multi)
        self.inbox = inbox
        do {
            try DetachedThread.start { TransferEngine(multi, inbox, settings).run() }
        } catch {
            multi.close()
            throw error
        }
    }

    deinit {
        inbox.post(.close(nil))
    }

    /// What the client is doing.
    public var load: HTTPClientLoad { inbox.load }

    /// Makes a request and returns the response with its whole body.
    ///
    /// Waits for its turn while `maximumConcurrentRequests` are on their way. Throws `HTTPError`, `bodyTooLarge` among
    /// others when the body has more than `bodyLimit` bytes, which is noticed before it is read where its length is
    /// announced.
    public nonisolated(nonsending) func send(_ request: HTTPRequest, bodyLimit: Int) async throws -> HTTPResponse {
        try await exchange(request, bodyLimit: bodyLimit, bufferLimit: .max).response()
    }

    /// Makes a request and returns as soon as the response's headers are there.
    ///
    /// Waits and throws as `send` does; a body that turns out too large after its start is an error of its reader's.
    public nonisolated(nonsending) func stream(
        _ request: HTTPRequest, bodyLimit: Int = .max
    ) async throws -> HTTPStreamedResponse {
        let exchange = try exchange(request, bodyLimit: bodyLimit, bufferLimit: max(1, settings.bodyBufferBytes))
        // From here on, whatever is thrown ends the transfer.
        let body = HTTPBody(exchange)
        let head = try await exchange.head()
        return HTTPStreamedResponse(
            status: head.status, headers: head.headers, body: body, timings: head.timings,
            remoteAddress: head.remoteAddress)
    }

    /// Takes no more requests (they get `clientClosed`), and returns when those that were made are done and the connections
    /// are closed.
    ///
    /// Cancelling the task that waits here aborts them; they get `clientClosed`.
    public nonisolated(nonsending) func close() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if !inbox.post(.close(continuation)) { continuation.resume() }
            }
        } onCancel: {
            inbox.post(.abortAll)
        }
    }

    private func exchange(_ request: HTTPRequest, bodyLimit: Int, bufferLimit: Int) throws -> Exchange {
        let id = lastID.add(1, ordering: .relaxed).newValue
        return Exchange(
            id: id, try PreparedRequest(request), bodyLimit: max(0, bodyLimit), bufferLimit: bufferLimit, inbox: inbox)
    }
}
