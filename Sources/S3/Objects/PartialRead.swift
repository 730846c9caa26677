/// How far the reading of an object has come, over several attempts.
struct PartialRead {
    var bytes: [UInt8] = []
    /// What the first attempt said of the object.
    private(set) var metadata: S3ObjectMetadata?
    /// Whether the body has begun to come in this attempt.
    private(set) var isInBody = false
    /// Whether this attempt goes on where the last one ended.
    private(set) var isResuming = false

    /// Begins an attempt, and says what to ask for: the rest of a whole object with a strong etag, or everything anew.
    mutating func resume(_ range: S3ByteRange?, ifMatch: String?) -> (range: S3ByteRange?, ifMatch: String?) {
        isInBody = false
        guard range == nil, !bytes.isEmpty, let etag = metadata?.etag, !etag.isEmpty, !etag.hasPrefix("W/") else {
            self = PartialRead()
            return (range, ifMatch)
        }
        isResuming = true
        return (.from(Int64(bytes.count)), etag)
    }

    /// A body has begun. Throws `preconditionFailed` where it is not the rest of what was read.
    mutating func begin(_ body: S3ObjectBody) throws(S3Error) {
        if isResuming {
            let rest = Int64(bytes.count)..<(metadata?.size ?? 0)
            guard body.range == rest, body.metadata.etag == metadata?.etag else {
                throw S3Error(
                    .preconditionFailed, "The object has changed while it was read: try again.", operation: "GetObject")
            }
        } else {
            metadata = body.metadata
        }
        isInBody = true
    }
}
