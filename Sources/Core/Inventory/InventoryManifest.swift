/// An inventory report of a bucket: which files it is made of, and how to read them.
public struct InventoryManifest: Hashable, Sendable {
    /// The longest manifest that is read, in bytes.
    public static let maximumLength = 32 << 20
    /// The most files that a report may have.
    public static let maximumFiles = 100_000

    /// Where the manifest is.
    public var location: S3Location
    /// The bucket that was listed.
    public var sourceBucket: String
    /// When the report began to be made: of what was written or deleted since, it may know or not.
    public var createdAt: Timestamp
    /// What its rows consist of.
    public var columns: InventoryColumns
    /// Its files; no order of rows in them or between them is known.
    public var files: [InventoryFile]

    /// Checks what a manifest says. Throws `malformed`, and `unsupported` for another format than CSV or missing columns.
    public init(_ document: InventoryManifestDocument, at location: S3Location) throws(InventoryError) {
        func malformed(_ problem: String) -> InventoryError {
            InventoryError(
                .malformed,
                "The inventory manifest \(location) is not one that Amazon S3 wrote: \(problem); check the path.",
                location: location)
        }
        guard document.fileFormat == "CSV" else {
            throw InventoryError(
                .unsupported,
                "The inventory \(location) is not in the format CSV, the only one that is read here; configure the "
                    + "inventory with output format CSV and import the next report.",
                location: location)
        }
        if let version = document.version, version != "2016-11-30" {
            throw InventoryError(
                .unsupported,
                "The inventory \(location) is of a version that is not known here; the known one is 2016-11-30.",
                location: location)
        }
        guard !document.sourceBucket.isEmpty else { throw malformed("it names no source bucket") }
        guard let milliseconds = Int64(document.creationTimestamp), milliseconds > 0,
            milliseconds <= InventoryManifest.lastMillisecond
        else { throw malformed("its creationTimestamp is not a time in milliseconds") }
        guard document.files.count <= InventoryManifest.maximumFiles else {
            throw malformed("it has more than \(InventoryManifest.maximumFiles) files")
        }
        self.location = location
        sourceBucket = document.sourceBucket
        createdAt = Timestamp(microseconds: milliseconds * 1_000)
        columns = try InventoryColumns(schema: document.fileSchema, location: location)
        files = []
        files.reserveCapacity(document.files.count)
        var keys: Set<ObjectKey> = []
        for file in document.files {
            let key = ObjectKey(file.key)
            guard key.length > 0, key.length <= ObjectKey.maximumLength, !file.key.utf8.contains(0) else {
                throw malformed("a file in it has an impossible key")
            }
            guard keys.insert(key).inserted else { throw malformed("it names the file \(key.quoted) twice") }
            guard file.size >= 0 else { throw malformed("the file \(key.quoted) in it has a negative size") }
            guard let md5 = [UInt8](hexadecimal: file.md5), md5.count == 16 else {
                throw malformed("the file \(key.quoted) in it has no MD5checksum of 32 hexadecimal digits")
            }
            files.append(InventoryFile(key: key, size: file.size, md5: md5))
        }
    }

    /// The last millisecond of the year 9999.
    private static let lastMillisecond: Int64 = 253_402_300_799_999

    /// Throws `wrongBucket` unless the report is of this bucket.
    public func check(bucket: String) throws(InventoryError) {
        guard sourceBucket == bucket else {
            throw InventoryError(
                .wrongBucket,
                "The inventory \(location) is of the bucket \(ObjectKey(sourceBucket).quoted), not of the cache's bucket "
                    + "\(ObjectKey(bucket).quoted); give a manifest of that one.",
                location: location)
        }
    }
}

/// A file of an inventory report: rows of comma-separated values, compressed by gzip.
public struct InventoryFile: Hashable, Sendable {
    /// Its key, in the manifest's bucket.
    public var key: ObjectKey
    /// Its bytes, as it is stored.
    public var size: Int64
    /// The MD5 of these bytes.
    public var md5: [UInt8]

    /// A file.
    public init(key: ObjectKey, size: Int64, md5: [UInt8]) {
        self.key = key
        self.size = size
        self.md5 = md5
    }
}
