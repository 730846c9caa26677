package import Core
internal import Foundation
internal import SigV4

/// Reads inventory reports out of buckets, file by file, without holding a file in memory.
package struct ObjectStoreInventoryReader: InventoryReader {
    private let stores: any ObjectStoreProvider
    private let batchSize: Int
    private let smallestLimit: Int64

    /// Reads from the buckets that `stores` knows, and gives batches of about `batchSize` objects, fewer where their names
    /// are so long that they take more than 512 bytes each. A file may decompress to 200 times its size, and to
    /// `smallestLimit` bytes whatever its size.
    package init(stores: any ObjectStoreProvider, batchSize: Int = 10_000, smallestLimit: Int64 = 64 << 20) {
        self.stores = stores
        self.batchSize = max(1, batchSize)
        self.smallestLimit = smallestLimit
    }

    package func manifest(
        at location: S3Location, for configuration: CacheConfiguration
    ) async throws -> InventoryManifest {
        let store = try store(of: location, for: configuration)
        let bytes = try await store.get(location.key, limit: InventoryManifest.maximumLength)
        guard let bytes else { throw missing("There is no inventory manifest \(location)", location.key, location) }
        let document: InventoryManifestDocument
        do {
            document = try JSONDecoder().decode(InventoryManifestDocument.self, from: Data(bytes))
        } catch {
            throw InventoryError(
                .malformed,
                "The object \(location) is not the manifest.json of an inventory; give the path of that file of the report.",
                location: location)
        }
        return try InventoryManifest(document, at: location)
    }

    package func read(
        _ file: InventoryFile, of manifest: InventoryManifest, for configuration: CacheConfiguration,
        _ take: @Sendable ([ObjectSummary]) async throws -> Void
    ) async throws -> InventoryCounters {
        let location = manifest.location
        let store = try store(of: location, for: configuration)
        guard let stream = try await store.open(file.key) else {
            throw missing("The inventory's file \(file.key.quoted) is not in \(location.bucket)", file.key, location)
        }
        guard stream.summary.size == file.size else { throw changed(file, location) }
        var md5 = MD5()
        var decoder = try InventoryFileDecoder(file, of: manifest, smallestLimit: smallestLimit)
        var batch: [ObjectSummary] = []
        var counted = 0
        var footprint = 0
        // Kept until the checksum tells whether these are the file's own bytes.
        var failure: InventoryError?
        for try await chunk in stream.chunks {
            md5.update(chunk)
            guard failure == nil else { continue }
            decoder.feed(chunk)
            while Self.isMore(&decoder, &batch, &failure) {
                try Task.checkCancellation()
                footprint += batch[counted...].reduce(0) { $0 + $1.footprint }
                counted = batch.count
                guard counted >= batchSize || footprint >= batchSize * ObjectSummary.usualFootprint else { continue }
                try await take(batch.map(Self.asListed))
                batch.removeAll(keepingCapacity: true)
                (counted, footprint) = (0, 0)
            }
        }
        guard try md5.finalize() == file.md5 else { throw changed(file, location) }
        if let failure { throw failure }
        try decoder.finish(into: &batch)
        if !batch.isEmpty { try await take(batch.map(Self.asListed)) }
        return decoder.counters
    }

    /// Whether there are more rows; nothing is after a failure.
    private static func isMore(
        _ decoder: inout InventoryFileDecoder, _ batch: inout [ObjectSummary], _ failure: inout InventoryError?
    ) -> Bool {
        do {
            return try decoder.next(into: &batch)
        } catch {
            failure = error
            return false
        }
    }

    /// The bucket that the report is in: reached as the cache's own is.
    private func store(of location: S3Location, for configuration: CacheConfiguration) throws -> any ObjectStore {
        var configuration = configuration
        configuration.bucket = location.bucket
        configuration.prefix = ""
        return try stores.store(for: configuration)
    }

    /// The object as a listing shows it.
    private static func asListed(_ object: ObjectSummary) -> ObjectSummary {
        guard object.storageClass == nil else { return object }
        var object = object
        object.storageClass = ObjectSummary.usualStorageClass
        return object
    }

    private func missing(_ problem: String, _ key: ObjectKey, _ location: S3Location) -> StoreError {
        StoreError(
            .noSuchKey, "\(problem); check the path, and whether a lifecycle rule deletes old reports.",
            operation: "GetObject", bucket: location.bucket, key: key)
    }

    private func changed(_ file: InventoryFile, _ location: S3Location) -> InventoryError {
        InventoryError(
            .checksumMismatch,
            "The inventory file \(file.key.quoted) is not the one that the manifest \(location) names: size or MD5 differ; "
                + "nothing of the inventory was used.",
            location: location)
    }
}
