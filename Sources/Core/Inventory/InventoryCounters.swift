/// What an inventory's rows were.
public struct InventoryCounters: Hashable, Sendable, Codable {
    /// Rows read.
    public var rows = 0
    /// Rows of objects that are there: latest versions, or the only ones.
    public var objects = 0
    /// Rows of older versions, which were skipped.
    public var olderVersions = 0
    /// Rows of deletions, which were skipped.
    public var deleteMarkers = 0

    /// All zero.
    public init() {}

    /// Adds those of another file.
    public mutating func add(_ other: InventoryCounters) {
        rows += other.rows
        objects += other.objects
        olderVersions += other.olderVersions
        deleteMarkers += other.deleteMarkers
    }
}
