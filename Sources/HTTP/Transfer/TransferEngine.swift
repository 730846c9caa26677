internal import CCurl

/// The client's thread: starts transfers while there are places, lets libcurl work, and says how they ended.
///
/// It and everything that it owns stay on that thread.
final class TransferEngine {
    private let multi: MultiHandle
    private let inbox: TransferInbox
    private let settings: HTTPClientSettings
    private let places: Int
    private var waiting = ArrivalQueue()
    private var running: [UInt64: Transfer] = [:]
    private var idleHandles: [EasyHandle] = []
    private var connectionsOpened = 0
    private var isClosing = false
    private var closers: [CheckedContinuation<Void, Never>] = []

    init(_ multi: MultiHandle, _ inbox: TransferInbox, _ settings: HTTPClientSettings) {
        self.multi = multi
        self.inbox = inbox
        self.settings = settings
        places = max(1, settings.maximumConcurrentRequests)
    }

    /// Works until the client is closed and everything is done.
    func run() {
        while true {
            for command in inbox.take() { obey(command) }
            startWaiting()
            if isClosing, running.isEmpty { break }
            multi.perform()
            for transfer in running.values where transfer.hasNews {
                transfer.hasNews = false
                transfer.exchange.announce()
            }
            while let (easy, result) = multi.nextEnded() {
                if let transfer = Transfer.of(easy) { end(transfer, result) }
            }
            startWaiting()
            if isClosing, running.isEmpty { break }
            inbox.report(load)
            rest()
        }
        shutDown()
    }

    /// Waits for something to do. Handles keep their buffers, of 768 KiB, for the next transfer: they are let go when none has come for a second.
    private func rest() {
        guard running.isEmpty, !idleHandles.isEmpty else { return multi.wait() }
        let began = ContinuousClock.now
        multi.wait(milliseconds: 1_000)
        if ContinuousClock.now - began >= .milliseconds(990) { idleHandles.removeAll() }
    }

    private var load: HTTPClientLoad {
        HTTPClientLoad(
            running: running.count, waiting: waiting.count, connectionsOpened: connectionsOpened,
            keptHandles: idleHandles.count, isClosing: isClosing)
    }

    // MARK: Commands

    private func obey(_ command: TransferInbox.Command) {
        switch command {
        case .start(let exchange) where isClosing:
            refuse(exchange)
        case .start(let exchange):
            waiting.append(exchange)
        case .abort(let id):
            abort(id, CancellationError())
        case .resumeDownload(let id):
            running[id]?.resumeDownload()
        case .resumeUpload(let id):
            running[id]?.resumeUpload()
        case .close(let closer):
            isClosing = true
            if let closer { closers.append(closer) }
        case .abortAll:
            while let exchange = waiting.popFirst() { refuse(exchange) }
            for (id, transfer) in running { abort(id, Exchange.closed.about(transfer.exchange.prepared.request)) }
        }
    }

    private func abort(_ id: UInt64, _ reason: any Error) {
        if let exchange = waiting.remove(id) {
            exchange.finish(.failure(reason))
        } else if let transfer = running[id] {
            release(transfer)
            transfer.exchange.finish(.failure(reason))
        }
    }

    private func refuse(_ exchange: Exchange) {
        exchange.finish(.failure(Exchange.closed.about(exchange.prepared.request)))
    }

    // MARK: Transfers

    private func startWaiting() {
        while running.count < places, let exchange = waiting.popFirst() {
            guard !exchange.isAbandoned else {
                exchange.finish(.failure(CancellationError()))
                continue
            }
            do {
                try start(exchange)
            } catch {
                exchange.finish(.failure(error.about(exchange.prepared.request)))
            }
        }
    }

    private func start(_ exchange: Exchange) throws(HTTPError) {
        let handle = if let idle = idleHandles.popLast() { idle } else { try EasyHandle() }
        let transfer = try Transfer(exchange, on: handle, settings, inbox: inbox)
        guard curl_multi_add_handle(multi.pointer, handle.pointer) == CURLM_OK else {
            throw HTTPError(.resourcesExhausted, "libcurl takes no further transfer")
        }
        running[exchange.id] = transfer
    }

    private func end(_ transfer: Transfer, _ result: CURLcode) {
        let outcome: Result<HTTPTimings, any Error>
        if result == CURLE_OK, transfer.failure == nil {
            var timings = transfer.handle.timings
            timings.total = transfer.handle.duration(CURLINFO_TOTAL_TIME_T) ?? .zero
            outcome = .success(timings)
        } else {
            outcome = .failure(transfer.error(result).about(transfer.exchange.prepared.request))
        }
        release(transfer)
        transfer.exchange.finish(outcome)
    }

    /// Takes the transfer from libcurl, which closes its connection unless the response is complete.
    private func release(_ transfer: Transfer) {
        connectionsOpened += transfer.handle.number(CURLINFO_NUM_CONNECTS)
        _ = curl_multi_remove_handle(multi.pointer, transfer.handle.pointer)
        running[transfer.exchange.id] = nil
        // Nothing of the request stays behind, least of all its secrets.
        transfer.handle.reset()
        idleHandles.append(transfer.handle)
    }

    private func shutDown() {
        for command in inbox.seal() { obey(command) }
        idleHandles.removeAll()
        multi.close()
        for closer in closers { closer.resume() }
    }
}
