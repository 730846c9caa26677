internal import HTTP

extension S3Client {
    /// What is known of an object; nil if it does not exist.
    ///
    /// The response to HEAD has no body that would say whether it is the bucket that is missing: the bucket is asked for
    /// too, unless it was seen in the last `bucketCheckInterval`. Throws `accessDenied` where AWS hides the object's absence
    /// from who may not list the bucket.
    public func headObject(_ bucket: String, _ key: String) async throws -> S3ObjectMetadata? {
        let call = S3Call("HeadObject", .head, bucket: bucket, key: key)
        let wording = wording(call)
        do {
            return try await send(call) { response in
                guard let size = response.headers["content-length"].flatMap({ Decimal.number($0) }) else {
                    throw malformed("it does not say how large the object is", wording, response.headers)
                }
                do throws(S3ObjectMetadata.Missing) {
                    return try S3ObjectMetadata(response.headers, size: size)
                } catch {
                    throw malformed(error.reason, wording, response.headers)
                }
            }
        } catch let error as S3Error where error.code == .noSuchKey {
            guard try await isMissing(error, call) else { throw error }
            return nil
        }
    }
}
