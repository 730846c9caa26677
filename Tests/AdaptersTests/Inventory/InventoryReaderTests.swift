import Adapters
import Core
import SigV4
import Synchronization
import TestSupport
import Testing

@Suite struct InventoryReaderTests {
    /// A bucket with a report of `rows`, a string for each file; `change` may spoil what is stored.
    private struct Report {
        let store = MemoryStore(bucket: "reports")
        let configuration = CacheConfiguration(name: "c", bucket: "photos", prefix: "img/")
        let location = S3Location(bucket: "reports", key: "photos/daily/manifest.json")

        init(_ files: [[UInt8]], names: [String]? = nil, change: (inout String) -> Void = { _ in }) async throws {
            var entries: [String] = []
            for (index, bytes) in files.enumerated() {
                let key = names?[index] ?? "data/\(index).csv.gz"
                try await store.put(ObjectKey(key), bytes)
                let md5 = Hex.encode(try MD5.hash(bytes))
                entries.append(#"{"key": "\#(key)", "size": \#(bytes.count), "MD5checksum": "\#(md5)"}"#)
            }
            var manifest = """
                {"sourceBucket": "photos", "destinationBucket": "arn:aws:s3:::elsewhere", "version": "2016-11-30",
                "creationTimestamp": "1514944800000", "fileFormat": "CSV",
                "fileSchema": "Bucket, Key, Size, LastModifiedDate, ETag, StorageClass",
                "files": [\(entries.joined(separator: ", "))]}
                """
            change(&manifest)
            try await store.put(location.key, Array(manifest.utf8))
        }

        /// What a reader makes of it: the objects of all files in the order of the manifest, and how large its batches were.
        func read(batchSize: Int = 10_000, smallestLimit: Int64 = 64 << 20) async throws -> (
            objects: [ObjectSummary], batches: [Int], InventoryCounters
        ) {
            let reader = ObjectStoreInventoryReader(
                stores: OneBucket(store: store), batchSize: batchSize, smallestLimit: smallestLimit)
            let manifest = try await reader.manifest(at: location, for: configuration)
            let taken = Mutex<[[ObjectSummary]]>([])
            var counters = InventoryCounters()
            for file in manifest.files {
                counters.add(
                    try await reader.read(file, of: manifest, for: configuration) { batch in
                        taken.withLock { $0.append(batch) }
                    })
            }
            let batches = taken.withLock { $0 }
            return (batches.flatMap { $0 }, batches.map(\.count), counters)
        }
    }

    /// Knows one bucket, and refuses to be asked for another, or with the cache's prefix.
    private struct OneBucket: ObjectStoreProvider {
        let store: MemoryStore

        func store(for configuration: CacheConfiguration) throws -> any ObjectStore {
            guard configuration.bucket == store.bucket, configuration.prefix.isEmpty else {
                throw StoreError(.noSuchBucket, "No.", operation: "GetObject", bucket: configuration.bucket ?? "")
            }
            return store
        }
    }

    private func rows(_ range: Range<Int>) -> [UInt8] {
        Array(
            range.map {
                #""photos","img/\#($0)+%2B.jpg","\#($0)","2023-01-02T03:04:05.\#($0 % 1_000)Z","e\#($0)",""# + "\"\n"
            }
            .joined().utf8)
    }

    @Test func objectsOfAllFilesComeAsAListingShowsThem() async throws {
        let report = try await Report([gzipped(rows(0..<3)), gzipped([]), gzipped(rows(3..<4)) + gzipped(rows(4..<5))])
        let (objects, _, counters) = try await report.read()
        #expect(objects.map(\.key) == (0..<5).map { ObjectKey("img/\($0) +.jpg") })
        #expect(objects.map(\.size) == [0, 1, 2, 3, 4] && objects.allSatisfy { $0.storageClass == "STANDARD" })
        #expect(objects[4].lastModified == Timestamp(microseconds: 1_672_628_645_400_000) && objects[4].etag == "e4")
        #expect(counters.rows == 5 && counters.objects == 5)
    }

    @Test func batchesAreBounded() async throws {
        let report = try await Report([gzipped(rows(0..<50_000))])
        let (objects, batches, _) = try await report.read(batchSize: 1_000)
        #expect(objects.count == 50_000 && objects.map(\.size) == (0..<50_000).map { Int64($0) })
        // A piece of 256 KiB holds about 4,000 of these rows.
        #expect(batches.count > 5 && batches.allSatisfy { $0 < 10_000 })
    }

    @Test func batchesOfLongNamesAreSmaller() async throws {
        let name = String(repeating: "n", count: 900)
        let rows = (0..<5_000).map { #""photos","img/\#(name)\#($0)","1","2023-01-02T03:04:05.000Z","e",""# + "\"\n" }
        let report = try await Report([gzipped(Array(rows.joined().utf8))])
        let (objects, batches, _) = try await report.read(batchSize: 1_000)
        #expect(objects.count == 5_000)
        // 1,000 objects of 512 bytes, and a piece of 256 KiB more.
        #expect(batches.allSatisfy { $0 < 900 }, "\(batches)")
    }

    @Test func missingManifestOrFileIsNamed() async throws {
        let report = try await Report([gzipped(rows(0..<1))])
        try await report.store.delete("data/0.csv.gz")
        let file = await #expect(throws: StoreError.self) { try await report.read() }
        #expect(file?.code == .noSuchKey && file?.message.contains("data/0.csv.gz") == true)
        try await report.store.delete(report.location.key)
        let manifest = await #expect(throws: StoreError.self) { try await report.read() }
        #expect(
            manifest?.code == .noSuchKey
                && manifest?.message.contains("s3://reports/photos/daily/manifest.json") == true)
    }

    @Test(arguments: ["", "null", "[]", "{", "{}", "\u{FFFD}", "{\"sourceBucket\": 1}"])
    func whatIsNoManifestIsRefused(text: String) async throws {
        let report = try await Report([]) { $0 = text }
        let error = await #expect(throws: InventoryError.self) { try await report.read() }
        #expect(error?.code == .malformed && error?.message.contains("manifest.json") == true)
    }

    @Test func fileOfAnotherSizeOrChecksumIsTriedAgain() async throws {
        let bytes = try gzipped(rows(0..<100))
        for spoilt in [bytes + [0], Array(bytes.dropLast()), bytes.enumerated().map { $0 == 40 ? $1 ^ 1 : $1 }] {
            let report = try await Report([bytes])
            try await report.store.put("data/0.csv.gz", spoilt)
            let error = await #expect(throws: InventoryError.self) { try await report.read() }
            #expect(error?.code == .checksumMismatch && error?.message.contains("data/0.csv.gz") == true)
        }
    }

    @Test func fileThatWasWrittenBadlyIsNotTriedAgain() async throws {
        let good = try gzipped(rows(0..<10))
        let bad = [
            Array(good.dropLast(3)), [], rows(0..<1), good + [1, 2, 3], try gzipped(Array("\"photos\"\n".utf8)),
            try gzipped(rows(0..<3) + Array("\"photos\",\"cut".utf8)),
        ]
        for bytes in bad {
            let report = try await Report([bytes])
            let error = await #expect(throws: InventoryError.self) { try await report.read() }
            #expect(error?.code == .malformed && error?.message.contains("data/0.csv.gz") == true, "\(error)")
        }
    }

    @Test func bombIsRefused() async throws {
        // Rows that are fine: only how many they are gives them away.
        let row = Array("\"photos\",\"k\",\"1\",\"2023-01-02T03:04:05Z\",\"e\",\"S\"\n".utf8)
        let block = Array(repeatElement(row, count: 40_000).joined())
        let report = try await Report([gzipped(block)])
        let error = await #expect(throws: InventoryError.self) { try await report.read(smallestLimit: 100_000) }
        #expect(error?.code == .malformed && error?.message.contains("more than") == true)
        #expect(try await report.read().objects.count == 40_000)
    }

    @Test func whatTheTakerThrowsEndsTheReading() async throws {
        let report = try await Report([gzipped(rows(0..<50_000))])
        let reader = ObjectStoreInventoryReader(stores: OneBucket(store: report.store), batchSize: 100)
        let manifest = try await reader.manifest(at: report.location, for: report.configuration)
        await #expect(throws: ClaimLost.self) {
            try await reader.read(manifest.files[0], of: manifest, for: report.configuration) { _ in
                throw ClaimLost(jobID: 7)
            }
        }
    }

    @Test func columnsThatAreMissingAreNamed() async throws {
        let report = try await Report([]) { $0 = $0.replacing(", ETag", with: "") }
        let error = await #expect(throws: InventoryError.self) { try await report.read() }
        #expect(error?.code == .unsupported && error?.message.contains("lacks ETag;") == true)
    }
}
