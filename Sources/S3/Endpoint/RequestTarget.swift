internal import SigV4

/// Origin and path of a request for a bucket, or an object in it.
struct RequestTarget {
    let origin: Origin
    let path: RequestPath

    /// Throws `SigningError` where the bucket cannot be part of a host.
    init(
        _ endpoint: S3Endpoint, _ addressing: S3Addressing, bucket: String, key: String?
    ) throws(SigningError) {
        if Self.isVirtualHost(endpoint, addressing, bucket) {
            origin = try endpoint.origin(of: bucket)
            path = key.map { RequestPath.root.appending(raw: $0) } ?? .root
        } else {
            origin = endpoint.origin
            let base = RequestPath(segments: [bucket])
            path = key.map { base.appending(raw: $0) } ?? base
        }
    }

    private static func isVirtualHost(_ endpoint: S3Endpoint, _ addressing: S3Addressing, _ bucket: String) -> Bool {
        switch addressing {
        case .automatic: endpoint.isAWS && BucketName.isLabel(bucket)
        case .path: false
        case .virtualHost: !endpoint.isAddress
        }
    }
}
