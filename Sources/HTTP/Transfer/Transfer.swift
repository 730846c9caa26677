internal import CCurl

/// One exchange on its way: what libcurl's callbacks work on. Lives on the client's thread.
final class Transfer {
    let exchange: Exchange
    let handle: EasyHandle
    let addressPolicy: (@Sendable (SocketAddress) -> Bool)?
    /// The reason why a callback has ended the transfer.
    private(set) var failure: HTTPError?
    /// Whether something has come that the task may wait for.
    var hasNews = false
    /// Whether libcurl waits until the source of the body has more.
    private(set) var isUploadPaused = false
    /// Whether the host has addresses, but none that is allowed.
    var hasOnlyRefusedAddresses: Bool { refusedAddresses > 0 && allowedAddresses == 0 }

    /// Whether connections go to a proxy for certain.
    let hasProxy: Bool
    private let upload: (any UploadReader)?
    private let stall: Int
    private var parser: ResponseHeadParser
    private var received = 0
    private var refusedAddresses = 0
    private var allowedAddresses = 0
    /// Whether the system refused to open a socket.
    private(set) var hasNoSocket = false
    /// How often libcurl had a connection to send the request over.
    private(set) var timesSent = 0

    /// Throws what the request's body or libcurl has against it.
    init(_ exchange: Exchange, on handle: EasyHandle, _ settings: HTTPClientSettings, inbox: TransferInbox)
        throws(HTTPError)
    {
        let request = exchange.prepared.request
        self.exchange = exchange
        self.handle = handle
        addressPolicy = settings.addressPolicy
        hasProxy = settings.proxy != .none && settings.proxy != .environment
        parser = ResponseHeadParser(maximumSize: settings.maximumHeaderBytes)
        stall = request.timeouts.stall?.wholeSeconds ?? 0
        let id = exchange.id
        upload = try request.body.open(for: request.method) { inbox.post(.resumeUpload(id)) }
        handle.reset()
        try handle.configure(exchange.prepared, settings)
        try handle.configure(upload: upload?.length, isUpload: upload != nil, method: request.method)
        try installCallbacks()
    }

    /// Ends the transfer from within a callback. The first reason counts.
    private func fail(_ error: HTTPError) {
        failure = failure ?? error
    }

    // MARK: Called by libcurl

    /// Whether the transfer may go on.
    func receiveHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        switch parser.consume(line) {
        case .none:
            return true
        case .tooLarge:
            fail(.headersTooLarge)
            return false
        case .complete:
            let length = parser.announcedLength(isHead: exchange.prepared.isHead)
            if let length, length > exchange.bodyLimit {
                fail(.bodyTooLarge(exchange.bodyLimit))
                return false
            }
            let head = HTTPResponseHead(
                status: parser.status, headers: parser.headers, timings: handle.timings,
                remoteAddress: handle.remoteAddress)
            exchange.receive(head, expecting: length)
            hasNews = true
            return true
        }
    }

    /// What libcurl's write callback returns.
    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count <= exchange.bodyLimit - received else {
            fail(.bodyTooLarge(exchange.bodyLimit))
            return bytes.count == 0 ? 1 : 0
        }
        hasNews = true
        guard exchange.receive(bytes) else { return Int(CURL_WRITEFUNC_PAUSE) }
        received += bytes.count
        return bytes.count
    }

    /// What libcurl's read callback returns.
    func readBody(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        do {
            switch try upload?.read(into: buffer) ?? .end {
            case .bytes(let count): return count
            case .end: return 0
            case .notYet:
                isUploadPaused = true
                // Otherwise libcurl would take the pause for a stall.
                try handle.set(CURLOPT_LOW_SPEED_TIME, 0)
                return Int(CURL_READFUNC_PAUSE)
            }
        } catch {
            fail(error)
            return Int(CURL_READFUNC_ABORT)
        }
    }

    /// Goes back to the first byte of the body.
    func rewindBody(to offset: Int64, from origin: Int32) -> Bool {
        offset == 0 && origin == SEEK_SET && upload?.rewind() != false
    }

    /// A socket for a connection to this address, if the policy allows that.
    func openSocket(for address: UnsafePointer<curl_sockaddr>) -> curl_socket_t {
        if let addressPolicy {
            let bytes = UnsafeRawBufferPointer(start: socket_address(address), count: Int(address.pointee.addrlen))
            let target = SocketAddress(family: address.pointee.family, bytes: bytes)
            guard target.map(addressPolicy) == true else {
                refusedAddresses += 1
                return CURL_SOCKET_BAD
            }
        }
        allowedAddresses += 1
        let opened = socket_open(address)
        if opened == CURL_SOCKET_BAD { hasNoSocket = true }
        return opened
    }

    /// Whether the request may be sent over the connection that libcurl has found or opened for it.
    func mayBeSent(to address: SocketAddress?) -> Bool {
        if let addressPolicy, address.map(addressPolicy) != true {
            fail(.addressRefused)
            return false
        }
        timesSent += 1
        // libcurl repeats any request whose connection turns out to be closed, but the server may have acted on it.
        guard timesSent == 1 || exchange.prepared.request.isIdempotent else {
            var error = HTTPError(.connectionClosed, "the server closed the connection without a response")
            error.mayHaveReachedServer = true
            fail(error)
            return false
        }
        return true
    }

    // MARK: Called by the engine

    /// Lets libcurl go on with the body of the response.
    func resumeDownload() {
        _ = curl_easy_pause(handle.pointer, isUploadPaused ? CURLPAUSE_SEND : CURLPAUSE_CONT)
    }

    /// Lets libcurl go on with the body of the request, if that is what it waits for.
    func resumeUpload() {
        guard isUploadPaused else { return }
        isUploadPaused = false
        try? handle.set(CURLOPT_LOW_SPEED_TIME, stall)
        // A paused download stays so: the reader resumes it. libcurl asks again at once, and is told to pause again.
        _ = curl_easy_pause(handle.pointer, CURLPAUSE_CONT)
    }
}

extension Duration {
    /// Rounded up, at least 1.
    var wholeSeconds: Int {
        let (seconds, attoseconds) = components
        return max(1, Int(clamping: seconds) + (attoseconds > 0 ? 1 : 0))
    }

    /// Rounded up, at least 1, and what libcurl can count.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        let capped = min(max(0, seconds), 2_000_000)
        return max(1, Int(capped) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }
}
