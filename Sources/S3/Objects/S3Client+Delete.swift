internal import HTTP
internal import SigV4

extension S3Client {
    /// Removes an object; succeeds also if it did not exist. Throws `noSuchBucket` if the bucket does not, and
    /// `malformedResponse` for a page: S3 has nothing more to say of a deletion that it made.
    public func deleteObject(_ bucket: String, _ key: String) async throws {
        let call = S3Call("DeleteObject", .delete, bucket: bucket, key: key)
        let wording = wording(call)
        do {
            try await send(call) { response in
                guard response.body.isEmpty else { throw malformed("it has a body", wording, response.headers) }
            }
        } catch let error as S3Error where error.code == .noSuchKey {
            guard try await isMissing(error, call) else { throw error }
        }
    }

    /// Removes up to 1,000 objects at once, and gives what could not be removed: empty when all are gone.
    ///
    /// Keys with control characters, which XML cannot carry, are removed one by one. Throws `invalidRequest` for more than
    /// 1,000 keys; an error that concerns all of them is thrown, too.
    public func deleteObjects(_ bucket: String, _ keys: [String]) async throws -> [S3DeleteFailure] {
        var bulk = S3Call("DeleteObjects", .post, bucket: bucket)
        guard keys.count <= 1_000 else {
            let wording = wording(bulk)
            throw S3Error(.invalidRequest, wording.refused("more than 1,000 keys at once are not allowed"), wording)
        }
        for key in keys { try S3Call("DeleteObjects", .post, bucket: bucket, key: key).check(at: endpoint) }
        var failures: [S3DeleteFailure] = []
        let together = keys.filter(XMLEscaping.isSafe)
        if !together.isEmpty {
            bulk.query = [QueryItem("delete")]
            try set(Self.document(together), in: &bulk)
            let wording = wording(bulk)
            failures = try await send(bulk, bodyLimit: XMLPullReader.maximumBytes) { response in
                do {
                    let result = try DeleteResult(response.body)
                    return result.failures(of: together, wording)
                } catch let error as XMLFailure {
                    throw malformed("the result cannot be read: \(error.reason)", wording, response.headers)
                }
            }
        }
        for key in keys where !XMLEscaping.isSafe(key) {
            do {
                try await deleteObject(bucket, key)
            } catch let error as S3Error where error.code == .accessDenied || error.code == .invalidRequest {
                failures.append(S3DeleteFailure(key: key, error: error))
            }
        }
        return failures
    }

    private static func document(_ keys: [String]) -> String {
        var document = "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        for key in keys { document += "<Object><Key>\(XMLEscaping.escape(key))</Key></Object>" }
        return document + "<Quiet>false</Quiet></Delete>"
    }
}
