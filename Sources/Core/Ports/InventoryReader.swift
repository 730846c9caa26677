/// Reads inventory reports (Amazon S3 Inventory). Implementation: from any object store.
public protocol InventoryReader: Sendable {
    /// The report whose manifest is there: read with endpoint and credentials of the cache, from the bucket that the location
    /// names.
    ///
    /// Throws `InventoryError`; `StoreError`, with `noSuchKey` where there is no manifest.
    func manifest(
        at location: S3Location, for configuration: CacheConfiguration
    ) async throws -> InventoryManifest

    /// Reads a file of a report, and hands its objects to `take` in batches as it goes, in no order. Gives what its rows
    /// were.
    ///
    /// Whether the file is the manifest's is known at its end only: where this throws, nothing that `take` was given may be
    /// used. Throws `InventoryError`, `StoreError` and what `take` throws. Memory is bounded by a few batches.
    func read(
        _ file: InventoryFile, of manifest: InventoryManifest, for configuration: CacheConfiguration,
        _ take: @Sendable ([ObjectSummary]) async throws -> Void
    ) async throws -> InventoryCounters
}
