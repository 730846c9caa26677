import Adapters
import Core
import Foundation
import SigV4
import TestSupport

/// A report of the bucket `photos`, as Amazon S3 Inventory writes it, in the bucket `reports`: both in memory.
struct InventoryReport: Sendable, ObjectStoreProvider {
    /// A row of a report, in the manifest's order of columns.
    struct Row: Sendable {
        var key: String
        var size: Int64 = 1
        var etag = "e"
        var isLatest = true
        var isDeleteMarker = false
        var storageClass = "STANDARD"
    }

    static let location = "s3://reports/photos/daily/manifest.json"
    /// What every row of a report says, and the time of `[ObjectSummary].made`.
    private static let lastModified = "2023-11-14T22:13:20.000Z"

    let photos: MemoryStore
    let reports = MemoryStore(bucket: "reports")

    /// Of a bucket with these objects.
    init(of objects: [ObjectSummary] = []) throws { photos = try MemoryStore(sorted: objects, bucket: "photos") }

    /// Knows the two buckets.
    func store(for configuration: CacheConfiguration) throws -> any ObjectStore {
        switch configuration.bucket {
        case "photos": photos
        case "reports": reports
        default:
            throw StoreError(.noSuchBucket, "No.", operation: "GetObject", bucket: configuration.bucket ?? "")
        }
    }

    /// Reads reports in these buckets, in small batches.
    var reader: any InventoryReader { ObjectStoreInventoryReader(stores: self, batchSize: 3) }

    /// Writes a report of these files; `change` may spoil the manifest.
    func write(
        _ files: [[Row]], createdAt: Date = .now, change: (inout String) -> Void = { _ in }
    ) async throws {
        var entries: [String] = []
        for (index, rows) in files.enumerated() {
            let bytes = try gzipped(Array(rows.map(Self.line).joined().utf8))
            let key = Self.fileKey(index)
            try await reports.put(ObjectKey(key), bytes)
            let md5 = Hex.encode(try MD5.hash(bytes))
            entries.append(#"{"key": "\#(key)", "size": \#(bytes.count), "MD5checksum": "\#(md5)"}"#)
        }
        var manifest = """
            {"sourceBucket": "photos", "destinationBucket": "arn:aws:s3:::reports", "version": "2016-11-30",
            "creationTimestamp": "\(Int64(createdAt.timeIntervalSince1970 * 1_000))", "fileFormat": "CSV",
            "fileSchema": "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag, StorageClass",
            "files": [\(entries.joined(separator: ", "))]}
            """
        change(&manifest)
        try await reports.put("photos/daily/manifest.json", Array(manifest.utf8))
    }

    /// Where a report's file is.
    static func fileKey(_ index: Int) -> String { "photos/daily/data/\(index).csv.gz" }

    private static func line(_ row: Row) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/ ")
        let key = row.key.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
        let fields = [
            "photos", key.replacingOccurrences(of: " ", with: "+"), "v\(row.isLatest)", "\(row.isLatest)",
            "\(row.isDeleteMarker)", row.isDeleteMarker ? "" : "\(row.size)", lastModified,
            row.isDeleteMarker ? "" : row.etag, row.isDeleteMarker ? "" : row.storageClass,
        ]
        return fields.map { "\"\($0)\"" }.joined(separator: ",") + "\n"
    }
}
