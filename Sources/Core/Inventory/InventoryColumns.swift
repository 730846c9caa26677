/// Where the fields of an inventory's rows stand that a rebuild needs, by column from 0.
public struct InventoryColumns: Hashable, Sendable {
    /// How many columns each row has.
    public var count: Int
    /// `Bucket`
    public var bucket: Int
    /// `Key`
    public var key: Int
    /// `Size`
    public var size: Int
    /// `LastModifiedDate`
    public var lastModified: Int
    /// `ETag`
    public var etag: Int
    /// `StorageClass`
    public var storageClass: Int
    /// `IsLatest`: only in reports of all versions.
    public var isLatest: Int?
    /// `IsDeleteMarker`: only in reports of all versions.
    public var isDeleteMarker: Int?

    /// Reads the manifest's `fileSchema`: names separated by commas.
    ///
    /// Throws `malformed`, and `unsupported` naming the fields that are missing: without one of them, every row of a cache
    /// would seem to have changed. Reports of all versions need `IsLatest`.
    init(schema: String, location: S3Location) throws(InventoryError) {
        let maximum = 1_000
        let names = schema.split(separator: ",", maxSplits: maximum, omittingEmptySubsequences: false).map { name in
            String(name.drop(while: { $0 == " " }).reversed().drop(while: { $0 == " " }).reversed())
        }
        guard names.count <= maximum, Set(names).count == names.count, !names.contains("") else {
            throw InventoryError(
                .malformed,
                "The inventory manifest \(location) has a fileSchema that is not a list of different columns; check the path.",
                location: location)
        }
        var needed = ["Bucket", "Key", "Size", "LastModifiedDate", "ETag", "StorageClass"]
        if names.contains("VersionId") { needed.append("IsLatest") }
        let missing = needed.filter { !names.contains($0) }
        func column(_ name: String) -> Int? { names.firstIndex(of: name) }
        guard missing.isEmpty, let bucket = column("Bucket"), let key = column("Key"), let size = column("Size"),
            let lastModified = column("LastModifiedDate"), let etag = column("ETag"),
            let storageClass = column("StorageClass")
        else {
            throw InventoryError(
                .unsupported,
                "The inventory \(location) lacks \(missing.joined(separator: ", ")); add to the inventory's optional fields "
                    + "Size, LastModifiedDate, ETag and StorageClass, and import the next report.",
                location: location)
        }
        self.bucket = bucket
        self.key = key
        self.size = size
        self.lastModified = lastModified
        self.etag = etag
        self.storageClass = storageClass
        count = names.count
        isLatest = column("IsLatest")
        isDeleteMarker = column("IsDeleteMarker")
    }
}
