/// Watches the pages of one listing and refuses what a true listing never shows, so that a broken one changes nothing.
public struct ListingCheck: Sendable {
    private let bucket: String
    private let prefix: String
    private var last: ObjectKey?

    /// Watches a listing of `prefix` that begins behind `after`.
    public init(bucket: String, prefix: String, after: ObjectKey?) {
        self.bucket = bucket
        self.prefix = prefix
        self.last = after
    }

    /// Throws `malformedListing` unless the page goes on strictly upwards, inside the prefix, and says how to go on.
    public mutating func accept(_ page: ListingPage) throws(StoreError) {
        for object in page.objects {
            guard object.key.length > 0, object.key.length <= ObjectKey.maximumLength else {
                throw malformed("a key of \(object.key.length) bytes")
            }
            guard object.key.hasPrefix(prefix) else { throw malformed("a key outside the prefix") }
            if object.key.string.utf8.contains(0) { throw malformed("a key with a NUL") }
            if let last, object.key <= last { throw malformed("keys that are not in ascending byte order") }
            guard object.etag.utf8.count <= 1_024 else { throw malformed("an etag of \(object.etag.utf8.count) bytes") }
            if let name = object.storageClass, name.utf8.count > 64 {
                throw malformed("a storage class of \(name.utf8.count) bytes")
            }
            guard object.size >= 0 else { throw malformed("a negative size") }
            last = object.key
        }
        // Every page brings keys and keys only ascend, so a token that leads back cannot go unnoticed.
        if page.next != nil, page.objects.isEmpty { throw malformed("an empty page that is not the last") }
    }

    private func malformed(_ what: String) -> StoreError {
        StoreError(
            .malformedListing,
            "The listing of bucket \(bucket) has \(what), so nothing of it was used; check the server or proxy in between.",
            operation: "ListObjectsV2", bucket: bucket)
    }
}
