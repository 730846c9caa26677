/// One connection of a client, served on its thread, and the connection upstream that belongs to it.
struct ProxyConnection {
    private let client: ProxySocket
    private let address: ProxyAddress
    private let state: ProxyState
    private let choose: @Sendable (FaultProxy.Request) -> FaultProxy.Fault
    private var reader: ProxyReader
    private var upstream: ProxyReader?
    /// The upstream answered before it had everything, and may take the rest for another request.
    private var isUpstreamSpoiled = false

    /// The client's connection ends here.
    private struct Finished: Error {}

    init(
        _ client: ProxySocket, _ address: ProxyAddress, _ state: ProxyState,
        _ choose: @escaping @Sendable (FaultProxy.Request) -> FaultProxy.Fault
    ) {
        self.client = client
        self.address = address
        self.state = state
        self.choose = choose
        reader = ProxyReader(client)
    }

    /// Serves requests until the connection ends.
    consuming func serve() {
        // Whatever is thrown, the connection is over, and the client sees that.
        while let head = (try? reader.head()) ?? nil {
            do { try serve(head) } catch { break }
        }
        hangUp()
    }

    private mutating func serve(_ original: ProxyHead) throws {
        var head = original
        let request = state.record(head)
        let fault = choose(request)
        switch fault {
        case .reset(.beforeRequest), .close(.beforeRequest), .stall(.beforeRequest):
            try end(fault)
        case .delay(let duration): client.pause(duration)
        default: break
        }
        if head["expect"]?.lowercased() == "100-continue" {
            try client.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
            head.set("Expect", nil)
        }
        if case .status(let status, let headers, let body) = fault {
            try reader.skipBody(ProxyFraming(request: head))
            try answer(request, status, headers, body)
        } else if try ask(head), let response = try responseHead() {
            try relay(response, to: request, fault)
        } else {
            hangUp()
            try answer(request, 502, [], Array("The upstream of the fault proxy cannot be reached, or hung up.".utf8))
        }
        if head.closesConnection { throw Finished() }
    }

    // MARK: Upstream

    /// Sends the request upstream; false when nobody is there.
    private mutating func ask(_ head: ProxyHead) throws -> Bool {
        // One that is readable between two messages has come to its end.
        if upstream?.isReadable == true { hangUp() }
        if upstream == nil {
            guard let socket = try? ProxySocket.connect(to: address), state.register(socket) else {
                try reader.skipBody(ProxyFraming(request: head))
                return false
            }
            upstream = ProxyReader(socket)
        }
        guard let socket = upstream?.socket else { return false }
        // A server may answer before it has read everything: then the rest is not for it.
        var isWanted = try socket.sendUnlessAnswered(head.bytes)
        _ = try reader.body(ProxyFraming(request: head)) { piece in
            isWanted = try isWanted && socket.sendUnlessAnswered(piece)
            return true
        }
        isUpstreamSpoiled = !isWanted
        return true
    }

    /// The head of the final response; nil when the upstream hung up before it.
    private mutating func responseHead() throws -> ProxyHead? {
        while let head = try upstream?.head() {
            if head.status >= 200 { return head }
        }
        return nil
    }

    private mutating func hangUp() {
        if let upstream { state.closed(upstream.socket) }
        upstream = nil
    }

    // MARK: Answers

    private mutating func relay(_ original: ProxyHead, to request: FaultProxy.Request, _ fault: FaultProxy.Fault) throws
    {
        var head = original
        let framing = ProxyFraming(response: head, to: request.method)
        switch fault {
        case .reset(.afterRequest), .close(.afterRequest), .stall(.afterRequest):
            try end(fault)
        case .reset(.inBody(let count)), .close(.inBody(let count)), .stall(.inBody(let count)):
            try client.send(head.bytes)
            try pass(framing, atMost: count)
            try end(fault)
        case .replace(let status, let headers, let body):
            try upstream?.skipBody(framing)
            try answer(request, status, headers, body)
        case .body(let body):
            try upstream?.skipBody(framing)
            for name in ["Content-Length", "Transfer-Encoding", "Content-Encoding"] { head.set(name, nil) }
            try answer(request, 200, head.fields, body)
        default:
            if case .rewriteHeaders(let headers) = fault {
                for (name, value) in headers { head.set(name, value) }
            }
            try client.send(head.bytes)
            try pass(framing, atMost: .max)
            if case .untilClosed = framing { throw Finished() }
        }
        if original.closesConnection || isUpstreamSpoiled { hangUp() }
        if head.closesConnection { throw Finished() }
    }

    /// Hands bytes of the body on to the client.
    private mutating func pass(_ framing: ProxyFraming, atMost most: Int) throws {
        var left = most
        guard left > 0 else { return }
        _ = try upstream?.body(framing) { [client] piece in
            let passed = piece.prefix(left)
            left -= passed.count
            try client.send(passed)
            return left > 0
        }
    }

    private func answer(
        _ request: FaultProxy.Request, _ status: Int, _ headers: [(name: String, value: String)], _ body: [UInt8]
    ) throws {
        var head = ProxyHead(startLine: "HTTP/1.1 \(status) \(status == 200 ? "OK" : "Fault")", fields: headers)
        if head["content-length"] == nil { head.set("Content-Length", String(body.count)) }
        try client.send(head.bytes + (request.method == "HEAD" ? [] : body))
    }

    /// Ends the client's connection in the way of the fault.
    private func end(_ fault: FaultProxy.Fault) throws {
        switch fault {
        case .reset: client.reset()
        case .close: client.finish()
        default: client.waitUntilGone()
        }
        throw Finished()
    }
}
