internal import HTTP
internal import SigV4

extension S3Client {
    /// Begins to read an object; nil if it does not exist.
    ///
    /// `range` asks for a part: throws `rangeNotSatisfiable` where the object has no such bytes. `ifMatch` is the etag that
    /// it must have: throws `preconditionFailed` where it has another. What fails before the first byte is retried; what
    /// fails later is for the reader to do again.
    public func getObject(
        _ bucket: String, _ key: String, range: S3ByteRange? = nil, ifMatch: String? = nil
    ) async throws -> S3ObjectBody? {
        var attempts = Attempts()
        return try await openObject(bucket, key, range: range, ifMatch: ifMatch, &attempts)
    }

    /// Reads an object, or a part of it; nil if it does not exist.
    ///
    /// Throws `tooLarge` instead of giving more than `limit` bytes: before any is read, where that is announced. A body
    /// that is cut off or stalls is read on from where it ended, as long as the object is the same.
    public func getObject(
        _ bucket: String, _ key: String, range: S3ByteRange? = nil, ifMatch: String? = nil, limit: Int
    ) async throws -> S3Object? {
        var attempts = Attempts()
        var read = PartialRead()
        while true {
            let asked = read.resume(range, ifMatch: ifMatch)
            do {
                let body = try await openObject(bucket, key, range: asked.range, ifMatch: asked.ifMatch, &attempts)
                guard let body else { return nil }
                try read.begin(body)
                try await collect(body, bucket, key, into: &read, limit: limit)
                return S3Object(metadata: read.metadata ?? body.metadata, bytes: read.bytes)
            } catch let error as S3Error {
                if read.isResuming, !read.isInBody, !error.isRetryable {
                    // The object has changed meanwhile, or the server gives no parts: all of it has to be read again.
                    guard attempts.count < settings.retry.maximumAttempts else { throw error }
                    read = PartialRead()
                } else if read.isInBody {
                    try await pause(after: error, attempts)
                } else {
                    throw error
                }
            }
        }
    }

    private func collect(
        _ body: S3ObjectBody, _ bucket: String, _ key: String, into read: inout PartialRead, limit: Int
    ) async throws {
        guard body.length <= Int64(limit) - Int64(read.bytes.count) else {
            let wording = wording(S3Call("GetObject", .get, bucket: bucket, key: key))
            throw S3Error(.tooLarge, wording.tooLarge(limit), wording)
        }
        read.bytes.reserveCapacity(read.bytes.count + Int(body.length))
        for try await chunk in body { read.bytes += chunk }
    }

    /// Begins to read an object that is read on where its body is cut off or stalls, as long as it is the same; nil if it does
    /// not exist.
    public func readObject(_ bucket: String, _ key: String) async throws -> S3ObjectReading? {
        var attempts = Attempts()
        guard let body = try await openObject(bucket, key, range: nil, ifMatch: nil, &attempts) else { return nil }
        return S3ObjectReading(client: self, bucket: bucket, key: key, body: body, attempts: attempts)
    }

    func openObject(
        _ bucket: String, _ key: String, range: S3ByteRange?, ifMatch: String?, _ attempts: inout Attempts
    ) async throws -> S3ObjectBody? {
        var call = S3Call("GetObject", .get, bucket: bucket, key: key)
        let wording = wording(call)
        if let range {
            guard range.isValid else {
                throw S3Error(.invalidRequest, wording.refused("a range begins at 0 at least"), wording)
            }
            call.headers.append(HeaderField("range", range.header))
        }
        if let ifMatch { call.unsignedHeaders.append(HeaderField("if-match", Self.quoted(ifMatch))) }
        do {
            let sent = call
            let body = try await perform(sent, &attempts) { request in
                // Where the body is let go, its transfer ends.
                let response = try await http.stream(request)
                guard response.status == 200 || response.status == 206 else {
                    throw failure(sent, response.status, response.headers, await Self.errorBody(response.body))
                }
                return try opened(response, isPart: range != nil, wording)
            }
            presence.keep(bucket, exists: true, now: settings.clock.now)
            return body
        } catch let error as S3Error where error.code == .noSuchKey {
            guard try await isMissing(error, call) else { throw error }
            return nil
        }
    }

    private func opened(
        _ response: HTTPStreamedResponse, isPart: Bool, _ wording: ErrorWording
    ) throws(S3Error) -> S3ObjectBody {
        let headers = response.headers
        guard let length = headers["content-length"].flatMap({ Decimal.number($0) }) else {
            throw malformed("it does not say how long the body is", wording, headers)
        }
        guard isPart == (response.status == 206) else {
            throw malformed("it gives another part than was asked for", wording, headers)
        }
        var range = 0..<length
        var size = length
        if isPart {
            guard let part = headers["content-range"].flatMap({ ContentRange($0) }), Int64(part.range.count) == length
            else { throw malformed("it does not say which part it gives", wording, headers) }
            range = part.range
            size = part.size
        }
        do {
            let metadata = try S3ObjectMetadata(headers, size: size)
            return S3ObjectBody(metadata: metadata, range: range, body: response.body, wording: wording)
        } catch {
            throw malformed(error.reason, wording, headers)
        }
    }

    /// As much of an error's body as is looked at; empty where there is more, or where it cannot be read.
    private static func errorBody(_ body: HTTPBody) async -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await chunk in body {
                bytes += chunk
                guard bytes.count <= ErrorDocument.maximumBytes else { return [] }
            }
            return bytes
        } catch {
            return []
        }
    }

    /// An etag as a header has it.
    static func quoted(_ etag: String) -> String {
        etag == "*" || etag.hasPrefix("\"") || etag.hasPrefix("W/") ? etag : "\"\(etag)\""
    }
}
