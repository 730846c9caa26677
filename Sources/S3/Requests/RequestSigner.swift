internal import HTTP
internal import SigV4

/// Makes signed HTTP requests of calls.
struct RequestSigner: Sendable {
    let settings: S3ClientSettings
    let endpoint: S3Endpoint
    private let keys = SigningKeyCache(capacity: 64)

    init(_ settings: S3ClientSettings) throws(S3Error) {
        self.settings = settings
        guard RegionName.isValid(settings.region) else {
            throw S3Error(
                .invalidEndpoint, "The region is not valid: give its name, such as us-east-1.", operation: "Configure")
        }
        if let endpoint = settings.endpoint {
            self.endpoint = endpoint
        } else {
            endpoint = try S3Endpoint(awsRegion: settings.region)
        }
    }

    /// The server for a region: another one than the endpoint only where that is AWS's own for its region.
    func endpoint(in region: String) -> S3Endpoint {
        guard let own = endpoint.awsRegion, own != region, let other = try? S3Endpoint(awsRegion: region) else {
            return endpoint
        }
        return other
    }

    /// The URL of a call that anyone can make for so many seconds.
    func presignedURL(
        _ call: S3Call, region: String, credentials: Credentials, expires: Int, at time: SigningTime
    ) throws(SigningError) -> PresignedURL {
        let target = try RequestTarget(
            endpoint(in: region), settings.addressing, bucket: call.bucket, key: call.key)
        let signing = SigningRequest(
            method: call.method.rawValue, origin: target.origin, path: target.path, query: call.query,
            payload: .unsigned)
        let signer = try Signer(credentials: credentials, region: region, service: "s3", keys: keys)
        return try signer.presign(signing, expires: expires, at: time)
    }

    /// Throws `SigningError` for headers that cannot be sent.
    func request(
        _ call: S3Call, region: String, credentials: Credentials, at time: SigningTime
    ) throws(SigningError) -> HTTPRequest {
        let target = try RequestTarget(
            endpoint(in: region), settings.addressing, bucket: call.bucket, key: call.key)
        let signing = SigningRequest(
            method: call.method.rawValue, origin: target.origin, path: target.path, query: call.query,
            headers: call.headers, payload: call.payload)
        let signer = try Signer(credentials: credentials, region: region, service: "s3", keys: keys)
        var headers = HTTPHeaders()
        for field in try call.headers + signer.headers(for: signing, at: time) + call.unsignedHeaders {
            headers.append(field.name, field.value)
        }
        var request = HTTPRequest(
            call.method, signing.url, headers: headers, body: call.body.map { .bytes($0) } ?? .none)
        request.timeouts = timeouts(of: call)
        request.tls = settings.tls
        // Each call here has the same effect when it is made twice, DeleteObjects' POST included: what a second
        // CompleteMultipartUpload finds is looked at, and an upload that is begun twice is found by ListMultipartUploads.
        request.isIdempotent = true
        return request
    }

    /// While the server moves bytes, little or nothing flows; it moves 8 MiB a second at least.
    private func timeouts(of call: S3Call) -> HTTPTimeouts {
        var timeouts = settings.timeouts
        let work = Duration.seconds(call.serverWork / (8 << 20))
        if call.isWrite, let writeTimeout = settings.writeTimeout {
            let limit = writeTimeout + .seconds(call.bodyLength / 262_144) + work
            timeouts.total = min(timeouts.total ?? limit, limit)
        }
        if call.serverWork > 0, let stall = timeouts.stall {
            timeouts.stall = max(stall, timeouts.total ?? .seconds(600) + work)
        }
        return timeouts
    }
}
