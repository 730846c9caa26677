import Synchronization

/// What the threads of a proxy share.
final class ProxyState: Sendable {
    private let state = Mutex(State())

    private struct State {
        var requests: [FaultProxy.Request] = []
        var sockets: [ObjectIdentifier: ProxySocket] = [:]
        var clients: Set<ObjectIdentifier> = []
        var accepted = 0
        var isStopped = false
    }

    var requests: [FaultProxy.Request] { state.withLock(\.requests) }
    var accepted: Int { state.withLock(\.accepted) }
    var openCount: Int { state.withLock(\.clients.count) }

    /// Takes a client's connection into account; false, and closed, once the proxy is stopped.
    func open(_ client: ProxySocket) -> Bool {
        guard register(client) else { return false }
        state.withLock { state in
            state.accepted += 1
            state.clients.insert(ObjectIdentifier(client))
        }
        return true
    }

    /// Makes a socket one that `stop` interrupts; false, and closed, once the proxy is stopped.
    func register(_ socket: ProxySocket) -> Bool {
        let isOpen = state.withLock { state in
            if !state.isStopped { state.sockets[ObjectIdentifier(socket)] = socket }
            return !state.isStopped
        }
        if !isOpen { socket.close() }
        return isOpen
    }

    /// Closes a socket and forgets it.
    func closed(_ socket: ProxySocket) {
        socket.close()
        state.withLock { state in
            state.sockets[ObjectIdentifier(socket)] = nil
            state.clients.remove(ObjectIdentifier(socket))
        }
    }

    /// Puts a request into the journal.
    func record(_ head: ProxyHead) -> FaultProxy.Request {
        let words = head.startLine.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        return state.withLock { state in
            let request = FaultProxy.Request(
                number: state.requests.count + 1, method: words.first ?? "", target: words.dropFirst().first ?? "",
                headers: head.fields)
            state.requests.append(request)
            return request
        }
    }

    func stop() {
        let sockets = state.withLock { state in
            state.isStopped = true
            return Array(state.sockets.values)
        }
        for socket in sockets { socket.interrupt() }
    }
}
