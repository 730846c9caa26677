internal import HTTP
internal import SigV4

extension S3Client {
    /// What a bucket has set of one kind, as `read` makes it of the response; nil where it has set nothing, which the server
    /// says with the code `absent`.
    ///
    /// Throws `notImplemented` also where the server passes over the sub-resource and lists the bucket instead.
    func configuration<Result>(
        _ operation: String, _ bucket: String, _ resource: String, absent: String? = nil,
        read: (HTTPResponse) throws -> Result
    ) async throws -> Result? {
        var call = S3Call(operation, .get, bucket: bucket)
        call.query = [QueryItem(resource)]
        let wording = wording(call)
        do {
            return try await send(call, bodyLimit: XMLPullReader.maximumBytes) { response in
                do {
                    return try read(response)
                } catch let error as XMLFailure {
                    guard !S3Element.isRoot("ListBucketResult", of: response.body) else {
                        throw S3Error(
                            .notImplemented,
                            wording.response(.notImplemented, status: nil, serviceCode: nil, regionHint: nil), wording)
                    }
                    throw malformed("the reply cannot be read: \(error.reason)", wording, response.headers)
                }
            }
        } catch let error as S3Error where absent != nil && error.serviceCode == absent {
            presence.keep(bucket, exists: true, now: settings.clock.now)
            return nil
        }
    }

    /// Replaces what a bucket has set of one kind.
    func setConfiguration(
        _ operation: String, _ bucket: String, _ resource: String, _ body: String, headers: [HeaderField] = []
    ) async throws {
        var call = S3Call(operation, .put, bucket: bucket)
        call.query = [QueryItem(resource)]
        call.headers = headers
        try set(body, in: &call)
        try await send(call) { _ in }
    }
}
