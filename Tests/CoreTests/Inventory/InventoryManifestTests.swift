import Core
import Foundation
import Testing

@Suite struct InventoryManifestTests {
    private let location = InventoryRows.location

    private func manifest(_ change: (inout InventoryManifestDocument) -> Void) throws -> InventoryManifest {
        var document = InventoryRows.document()
        change(&document)
        return try InventoryManifest(document, at: location)
    }

    /// The example of the Amazon S3 User Guide, "Locating your inventory list".
    @Test func documentedManifestIsRead() throws {
        let json = """
            {
                "sourceBucket": "example-source-bucket",
                "destinationBucket": "arn:aws:s3:::example-inventory-destination-bucket",
                "version": "2016-11-30",
                "creationTimestamp" : "1514944800000",
                "fileFormat": "CSV",
                "fileSchema": "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag, StorageClass, \
            IsMultipartUploaded, ReplicationStatus, EncryptionStatus, ObjectLockRetainUntilDate, ObjectLockMode, \
            ObjectLockLegalHoldStatus, IntelligentTieringAccessTier, BucketKeyStatus, ChecksumAlgorithm",
                "files": [
                    {
                        "key": "Inventory/example-source-bucket/2016-11-06T21-32Z/files/939c6d46.csv.gz",
                        "size": 2147483647,
                        "MD5checksum": "f11166069f1990abeb9c97ace9cdfabc"
                    }
                ]
            }
            """
        let document = try JSONDecoder().decode(InventoryManifestDocument.self, from: Data(json.utf8))
        let manifest = try InventoryManifest(document, at: location)
        #expect(manifest.sourceBucket == "example-source-bucket" && manifest.location == location)
        #expect(manifest.createdAt == Timestamp(microseconds: 1_514_944_800_000_000))
        #expect(manifest.columns.count == 18 && manifest.columns.key == 1 && manifest.columns.storageClass == 8)
        #expect(manifest.columns.isLatest == 3 && manifest.columns.isDeleteMarker == 4)
        #expect(manifest.files.map(\.size) == [2_147_483_647] && manifest.files[0].md5.first == 0xF1)
        try manifest.check(bucket: "example-source-bucket")
    }

    @Test func emptyReportIsAReport() throws {
        #expect(try manifest { $0.files = [] }.files.isEmpty)
    }

    @Test(arguments: ["ORC", "Parquet", "csv", ""])
    func otherFormatsAreRefusedNamingCSV(format: String) {
        let error = #expect(throws: InventoryError.self) { try manifest { $0.fileFormat = format } }
        #expect(error?.code == .unsupported && error?.message.contains("CSV") == true)
    }

    @Test(arguments: ["Size", "LastModifiedDate", "ETag", "StorageClass", "Key", "Bucket"])
    func missingColumnIsNamedWithWhatToSwitchOn(column: String) {
        let names = ["Bucket", "Key", "Size", "LastModifiedDate", "ETag", "StorageClass"].filter { $0 != column }
        let error = #expect(throws: InventoryError.self) {
            try manifest { $0.fileSchema = names.joined(separator: ", ") }
        }
        #expect(error?.code == .unsupported && error?.message.contains("lacks \(column);") == true)
    }

    @Test func versionsWithoutIsLatestAreRefused() {
        let error = #expect(throws: InventoryError.self) { try manifest { $0.fileSchema += ", VersionId" } }
        #expect(error?.message.contains("IsLatest") == true)
    }

    @Test(arguments: ["Bucket, Key, Key", "Bucket,, Key", "", (0...1_000).map { "c\($0)" }.joined(separator: ",")])
    func schemaThatIsNoListOfColumnsIsRefused(schema: String) {
        let error = #expect(throws: InventoryError.self) { try manifest { $0.fileSchema = schema } }
        #expect(error?.code == .malformed)
    }

    @Test func impossibleMembersAreRefused() {
        let file = InventoryRows.document().files[0]
        let changes: [(inout InventoryManifestDocument) -> Void] = [
            { $0.sourceBucket = "" }, { $0.creationTimestamp = "yesterday" }, { $0.creationTimestamp = "-1" },
            { $0.creationTimestamp = "9223372036854775807" }, { $0.files[0].key = "" },
            { $0.files[0].key = String(repeating: "k", count: 1_025) }, { $0.files[0].key = "a\u{0}" },
            { $0.files[0].size = -1 }, { $0.files[0].md5 = "07" }, { $0.files[0].md5 = "" },
            { $0.files[0].md5 = String(repeating: "x", count: 32) }, { $0.files.append(file) },
            { $0.files = Array(repeating: file, count: InventoryManifest.maximumFiles + 1) },
        ]
        for change in changes {
            let error = #expect(throws: InventoryError.self) { try manifest(change) }
            #expect(error?.code == .malformed && error?.location == location)
        }
        #expect(throws: InventoryError.self) { try manifest { $0.version = "2030-01-01" } }
    }

    @Test func reportOfAnotherBucketIsRefusedNamingBoth() throws {
        let manifest = try manifest { _ in }
        let error = #expect(throws: InventoryError.self) { try manifest.check(bucket: "mine") }
        #expect(error?.code == .wrongBucket)
        #expect(error?.message.contains("\"b\"") == true && error?.message.contains("\"mine\"") == true)
    }

    @Test func failureOfTheJobTellsWhereAndWhetherToTryAgain() {
        let failure = JobFailure(from: InventoryError(.malformed, "No.", location: location))
        #expect(failure.code == "inventory_malformed" && failure.message == "No." && !failure.isRetryable)
        #expect(failure.bucket == "reports" && failure.key == location.key.string)
        #expect(JobFailure(from: InventoryError(.checksumMismatch, "Cut.", location: location)).isRetryable)
    }
}
