import Core
import Synchronization

/// Brings what an inventory lists of a rebuild's part of the bucket into the database, sorted.
struct InventoryStaging: Sendable {
    let environment: JobEnvironment
    let job: Job
    let configuration: CacheConfiguration
    let store: any ObjectStore
    let progress: ProgressReporter

    /// Stages the report whose manifest is at `location`, but for what does not start with the cache's prefix and then
    /// `prefix`. What an earlier attempt has staged to the end is used as it is.
    ///
    /// Objects that are staged are told as objects to do. Throws `InventoryError`, and what reading and staging throw: nothing of the report
    /// may be used then.
    func run(_ location: String, prefix: String) async throws {
        guard let reader = environment.inventoryReader else {
            throw InventoryError(
                .unsupported,
                "The cache's bucket is a local directory, and of those there are no inventories; rebuild without inventory: "
                    + "the directory itself is listed.")
        }
        let manifest = try await reader.manifest(at: try S3Location(location), for: configuration)
        try manifest.check(bucket: store.bucket)
        switch try await environment.inventories.beginStaging(createdAt: manifest.createdAt, for: job) {
        case .staged: return
        case .empty: break
        case .outdated:
            throw InventoryError(
                .outdated,
                "The inventory \(manifest.location) was made before the cache was last rebuilt, or before deletions that are "
                    + "not remembered any more, so it could bring rows of deleted objects back; give a later report, or rebuild "
                    + "without inventory.",
                location: manifest.location)
        }
        try await read(manifest, by: reader, prefix: configuration.prefix + prefix)
        try await progress.reportingAlive { _ = try await environment.inventories.finishStaging(for: job) }
    }

    /// Stages the objects of all files, of so many at a time as slices are kept.
    private func read(_ manifest: InventoryManifest, by reader: any InventoryReader, prefix: String) async throws {
        let staged = Mutex(0)
        let stage: @Sendable ([ObjectSummary]) async throws -> Void = { objects in
            let wanted = objects.filter { $0.key.hasPrefix(prefix) }
            if !wanted.isEmpty {
                try await environment.inventories.stage(
                    wanted, droppingPrefixOfLength: configuration.prefix.utf8.count, for: job)
            }
            let count = staged.withLock { count in
                count += wanted.count
                return count
            }
            try await progress.report(done: 0, total: count)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, file) in manifest.files.enumerated() {
                if index >= environment.settings.slicesAtOnce { try await group.next() }
                group.addTask { _ = try await reader.read(file, of: manifest, for: configuration, stage) }
            }
            try await group.waitForAll()
        }
    }
}
