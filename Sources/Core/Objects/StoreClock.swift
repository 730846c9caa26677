/// A store's clock, seen from here: tells in which second an object was written, from what the store said of others.
///
/// A write happens between the moment when it was sent and the one when it was acknowledged. Where the store then names its
/// second, that bounds by how much its clock is ahead of ours, closely so when a second turned in between. A second is told
/// only where every clock within these bounds says the same, and only for as long as such statements keep coming.
///
/// Right as long as the clocks of the store's machines differ by no more than twice `tolerance`. To find out that they differ by
/// more, or were set, one in `sample` that might be told is not; then nothing is told for `distrust`.
public struct StoreClock: Sendable {
    /// By how much a machine's clock may be off that of the store, in microseconds.
    static let tolerance: Int64 = 25_000
    /// One microsecond in so many may be gained or lost: clocks that are being corrected do that, on both sides.
    static let drift: Int64 = 1_000
    /// For how long a statement counts, in microseconds.
    static let memory: Int64 = 2_000_000
    /// So many are told, and the next one is not.
    static let sample = 16
    /// How long nothing is told after a contradiction, in microseconds.
    static let distrust: Int64 = 60_000_000

    /// By how much the store's clock is ahead of ours, in microseconds.
    private var lead: ClosedRange<Int64>?
    private var learnedAt = Int64.min
    private var trustedFrom = Int64.min
    private var told = 0

    /// Knows nothing yet.
    public init() {}

    /// What was written in this span of our time, in microseconds, the store says was written in this second of its time.
    public mutating func learn(_ second: Int64, written span: ClosedRange<Int64>) {
        let stated =
            second * 1_000_000 - span.upperBound - Self.tolerance...second * 1_000_000 + 999_999 - span.lowerBound
            + Self.tolerance
        if let known = known(at: span.upperBound) {
            if known.overlaps(stated) {
                lead = known.clamped(to: stated)
            } else {
                lead = stated
                trustedFrom = span.upperBound + Self.distrust
            }
        } else {
            lead = stated
        }
        learnedAt = max(learnedAt, span.upperBound)
    }

    /// The second of the store's time in which something was written in this span of ours; nil where the store is to be asked.
    public mutating func second(written span: ClosedRange<Int64>) -> Int64? {
        guard span.upperBound >= trustedFrom, let known = known(at: span.upperBound) else { return nil }
        let first = Self.second(span.lowerBound + known.lowerBound - Self.tolerance)
        guard first == Self.second(span.upperBound + known.upperBound + Self.tolerance) else { return nil }
        told += 1
        guard told <= Self.sample else {
            told = 0
            return nil
        }
        return first
    }

    /// What is known still.
    private func known(at time: Int64) -> ClosedRange<Int64>? {
        guard let lead else { return nil }
        let distance = abs(time - learnedAt)
        guard distance <= Self.memory else { return nil }
        let drifted = distance / Self.drift + 1
        return lead.lowerBound - drifted...lead.upperBound + drifted
    }

    private static func second(_ microseconds: Int64) -> Int64 {
        microseconds >= 0 ? microseconds / 1_000_000 : (microseconds - 999_999) / 1_000_000
    }
}
