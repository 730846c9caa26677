internal import SigV4

extension S3Client {
    /// One page of a bucket's objects in byte order of their keys.
    ///
    /// It begins behind `startAfter`, or goes on where the page that gave `continuationToken` ended; with neither at the
    /// first key. `maxKeys` is at most 1,000; a server may give fewer. Throws `malformedResponse` for a page that is not
    /// whole, or not this bucket's.
    public func listObjects(
        _ bucket: String, prefix: String = "", startAfter: String? = nil, continuationToken: String? = nil,
        maxKeys: Int = 1_000
    ) async throws -> S3ListPage {
        var call = S3Call("ListObjectsV2", .get, bucket: bucket)
        call.query = [
            QueryItem("list-type", "2"), QueryItem("encoding-type", "url"), QueryItem("max-keys", "\(maxKeys)"),
        ]
        if !prefix.isEmpty { call.query.append(QueryItem("prefix", prefix)) }
        if let startAfter, !startAfter.isEmpty { call.query.append(QueryItem("start-after", startAfter)) }
        if let continuationToken { call.query.append(QueryItem("continuation-token", continuationToken)) }
        let wording = wording(call)
        var attempts = Attempts()
        var page = try await send(call, bodyLimit: XMLPullReader.maximumBytes, &attempts) { response in
            let page: S3ListPage
            do throws(XMLFailure) {
                page = try ListPageParser.parse(response.body)
            } catch {
                throw malformed("the page cannot be read: \(error.reason)", wording, response.headers)
            }
            if let name = page.bucket, name != bucket {
                throw malformed("the page is of another bucket", wording, response.headers)
            }
            return page
        }
        page.retries = attempts.count - 1
        page.throttles = attempts.throttles
        return page
    }
}
