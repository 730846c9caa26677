internal import HTTP
internal import Synchronization

/// Reads a body's source ahead of the client's thread, which takes the bytes and never waits.
///
/// It holds `window` chunks at most.
final class BodyFeed: HTTPBodySource {
    private static let window = 2

    private struct State {
        var chunks: [[UInt8]] = []
        /// One that was taken wholly, to be read into again.
        var spent: [UInt8]?
        /// How much of the first chunk was taken.
        var taken = 0
        /// How many bytes were read, those that were taken included.
        var read: Int64 = 0
        /// Counts the beginnings: a chunk that was read for an earlier one is of no use.
        var turn = 0
        var failure: (any Error)?
        var isCancelled = false
        var wake: (@Sendable () -> Void)?
        var reader: CheckedContinuation<Void, Never>?
    }

    private let body: StreamedBody
    private let state = Mutex(State())

    init(_ body: StreamedBody) {
        self.body = body
    }

    /// What the source threw.
    var failure: (any Error)? { state.withLock(\.failure) }

    /// Reads until the source fails or the task is cancelled: also when all was read the server may want it again.
    func run() async {
        while let (range, turn) = await nextRange() {
            do {
                let chunk = try await body.source.read(range, reusing: takeSpent())
                guard chunk.count == range.count else {
                    throw HTTPError(.bodySourceFailed, "the source of the body gave another number of bytes than asked")
                }
                add(chunk, turn)
            } catch {
                fail(error)
                return
            }
        }
    }

    /// What to read, once there is room for it; nil when the task is cancelled.
    private func nextRange() async -> (Range<Int64>, turn: Int)? {
        await withTaskCancellationHandler {
            while true {
                let (isCancelled, next) = state.withLock { state in
                    (state.isCancelled, hasRoom(state) ? (body.step(after: state.read), state.turn) : nil)
                }
                if isCancelled { return nil }
                if let next { return next }
                await withCheckedContinuation { reader in
                    let isDue = state.withLock { state in
                        if state.isCancelled || hasRoom(state) { return true }
                        state.reader = reader
                        return false
                    }
                    if isDue { reader.resume() }
                }
            }
        } onCancel: {
            change { $0.isCancelled = true }
        }
    }

    private func takeSpent() -> [UInt8] { state.withLock { $0.spent.take() } ?? [] }

    private func hasRoom(_ state: State) -> Bool {
        state.chunks.count < Self.window && state.read < body.length
    }

    private func add(_ chunk: [UInt8], _ turn: Int) {
        let wake = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.turn == turn else { return nil }
            state.chunks.append(chunk)
            state.read += Int64(chunk.count)
            return state.wake.take()
        }
        wake?()
    }

    private func fail(_ error: any Error) {
        let wake = state.withLock { state in
            state.failure = error
            return state.wake.take()
        }
        wake?()
    }

    /// Changes the state, and lets the reader look at it.
    private func change(_ body: (inout State) -> Void) {
        let reader = state.withLock { state in
            body(&state)
            return state.reader.take()
        }
        reader?.resume()
    }

    /// Gives what was read ahead.
    func read(
        into buffer: UnsafeMutableRawBufferPointer, wake: @escaping @Sendable () -> Void
    ) throws -> HTTPBodyRead {
        let (outcome, reader) = try state.withLock { state in
            if let failure = state.failure { throw failure }
            guard let chunk = state.chunks.first else {
                if state.read == body.length {
                    return (HTTPBodyRead.end, Optional<CheckedContinuation<Void, Never>>.none)
                }
                state.wake = wake
                return (.notYet, nil)
            }
            let count = min(buffer.count, chunk.count - state.taken)
            chunk.withUnsafeBytes {
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[state.taken...].prefix(count)))
            }
            state.taken += count
            guard state.taken == chunk.count else { return (.bytes(count), nil) }
            state.spent = state.chunks.removeFirst()
            state.taken = 0
            return (.bytes(count), state.reader.take())
        }
        reader?.resume()
        return outcome
    }

    /// The source can be read again, unless it has failed.
    func rewind() -> Bool {
        change { state in
            state.chunks = []
            state.taken = 0
            state.read = 0
            state.turn += 1
        }
        return failure == nil
    }
}
