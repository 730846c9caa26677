/// How many bytes of memory a job holds at most, for what it asks of the `MemoryBudget`.
public enum MemoryFootprint {
    /// Of bytes that go through the database and are in memory as a whole: besides themselves what the connection, which
    /// doubles its buffers, holds of them.
    public static func held(_ size: Int64) -> Int {
        let (bytes, isTooMuch) = Int(clamping: max(0, size)).multipliedReportingOverflow(by: copies)
        return isTooMuch ? .max : bytes
    }

    /// Of a source of so many bytes that is inspected and sent piece by piece, in several parts at a time where it is large.
    public static func streamed(_ size: Int64, _ transfer: TransferOptions = TransferOptions()) -> Int {
        let parts = size > transfer.threshold ? max(1, transfer.partsInFlight) : 1
        return inspection + parts * part
    }

    /// Of an object of any size that goes from a store into the database in pieces of so many bytes.
    public static func relayed(_ piece: Int) -> Int { held(Int64(piece)) + arriving }

    private static let copies = 4
    /// What a connection has received ahead of its reader.
    private static let arriving = 3 << 20
    /// What an inspection looks at together, and the pieces that are read ahead.
    private static let inspection = 9 << 20
    /// What a part on its way takes.
    private static let part = 3 << 20
}
