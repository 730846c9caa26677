internal import Core
internal import Synchronization

/// What a worker has stored in a bucket just now, and what the bucket said of such objects: so that it need not be asked for each of many
/// when it was written, which the answer to a PUT does not say.
final class LatelyStored: Sendable {
    /// An object whose PUT was answered.
    struct Write: Sendable {
        var etag: String
        var sent: Properties
        /// When it was sent and when the answer came, in microseconds of this machine's time.
        var span: ClosedRange<Int64>
    }

    /// What an object is given besides its bytes and what a HEAD tells of that, which some servers change.
    struct Properties: Hashable, Sendable {
        var storageClass: String?
        var contentType: String?
    }

    /// So many are remembered of each kind; one more makes room by forgetting all.
    private static let most = 1_024

    private struct State {
        var clock = StoreClock()
        var writes: [ObjectKey: Write] = [:]
        var given: [Properties: Properties] = [:]
    }

    private let state = Mutex(State())
    private let start = ContinuousClock.now

    /// Nothing is known yet.
    init() {}

    /// This machine's time, in microseconds since some moment.
    var now: Int64 {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }

    /// An object was stored.
    func note(_ write: Write, of key: ObjectKey) {
        state.withLock { state in
            if state.writes.count >= Self.most { state.writes.removeAll() }
            state.writes[key] = write
        }
    }

    /// The object that is there now is not from a write that was noted.
    func forget(_ key: ObjectKey) {
        state.withLock { _ = $0.writes.removeValue(forKey: key) }
    }

    /// The last write of this object, which is remembered no longer; nil where it is not known.
    func take(_ stored: ObjectSummary) -> Write? {
        state.withLock { state in
            guard let write = state.writes.removeValue(forKey: stored.key), write.etag == stored.etag else {
                return nil
            }
            return write
        }
    }

    /// What a HEAD would say of an object; nil where that is not certain.
    func tell(_ stored: ObjectSummary, _ write: Write) -> ObjectSummary? {
        state.withLock { state in
            guard let second = state.clock.second(written: write.span), let given = state.given[write.sent] else {
                return nil
            }
            return ObjectSummary(
                key: stored.key, size: stored.size, etag: stored.etag,
                lastModified: Timestamp(seconds: second, nanoseconds: 0), storageClass: given.storageClass,
                contentType: given.contentType)
        }
    }

    /// A HEAD has said this of an object.
    func learn(_ seen: ObjectSummary, _ write: Write) {
        guard seen.etag == write.etag else { return }
        state.withLock { state in
            state.clock.learn(seen.lastModified.wholeSecond.microseconds / 1_000_000, written: write.span)
            if state.given.count >= Self.most { state.given.removeAll() }
            state.given[write.sent] = Properties(storageClass: seen.storageClass, contentType: seen.contentType)
        }
    }
}
