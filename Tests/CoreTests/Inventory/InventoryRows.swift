import Core

/// A report to read rows of, and rows as Amazon S3 writes them.
enum InventoryRows {
    static let location = S3Location(bucket: "reports", key: "b/daily/2023-01-02T00-00Z/manifest.json")
    static let file = InventoryFile(key: "b/daily/data/1.csv.gz", size: 1, md5: [UInt8](repeating: 7, count: 16))

    /// A document of a report that is fine.
    static func document(
        schema: String = "Bucket, Key, Size, LastModifiedDate, ETag, StorageClass"
    ) -> InventoryManifestDocument {
        InventoryManifestDocument(
            sourceBucket: "b", version: "2016-11-30", creationTimestamp: "1514944800000", fileFormat: "CSV",
            fileSchema: schema,
            files: [.init(key: "b/daily/data/1.csv.gz", size: 1, md5: "07070707070707070707070707070707")])
    }

    /// A time is here its microseconds in decimal digits.
    static let time: InventoryRowParser.TimeParser = { Int64(String(decoding: $0, as: UTF8.self)) }

    /// Parses chunks to the end.
    static func parse(
        _ chunks: [[UInt8]], schema: String? = nil
    ) throws -> (objects: [ObjectSummary], counters: InventoryCounters) {
        let report = schema.map { document(schema: $0) } ?? document()
        var parser = InventoryRowParser(file, of: try InventoryManifest(report, at: location), time: time)
        var objects: [ObjectSummary] = []
        for chunk in chunks { try parser.read(chunk, into: &objects) }
        try parser.finish(into: &objects)
        return (objects, parser.counters)
    }

    static func parse(
        _ text: String, schema: String? = nil
    ) throws -> (objects: [ObjectSummary], counters: InventoryCounters) {
        try parse([Array(text.utf8)], schema: schema)
    }
}
