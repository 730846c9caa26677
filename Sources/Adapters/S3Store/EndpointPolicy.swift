internal import Core
internal import S3

/// Which endpoints and profiles a cache's settings may choose: whoever may configure a cache does not thereby get to send
/// the worker's requests, signed with its credentials, wherever he likes.
struct EndpointPolicy: Sendable {
    /// The worker's own endpoint, and those that its environment allows.
    private let endpoints: Set<S3Endpoint>
    private let profiles: Set<String>

    /// Throws `configurationInvalid` where the environment names what cannot be an endpoint.
    init(own: S3Endpoint?, allowed: [String], profiles: [String]) throws(StoreError) {
        var endpoints: Set<S3Endpoint> = []
        if let own { endpoints.insert(own) }
        for text in allowed {
            do {
                endpoints.insert(try S3Endpoint(text))
            } catch {
                throw StoreError(
                    .configurationInvalid,
                    "S3CACHE_ALLOWED_ENDPOINTS has an entry that is no endpoint: \(error.message)",
                    operation: "Configure", bucket: "")
            }
        }
        self.endpoints = endpoints
        self.profiles = Set(profiles)
    }

    /// Throws `configurationInvalid` unless a cache may name this endpoint.
    func admit(_ endpoint: S3Endpoint, bucket: String) throws(StoreError) {
        guard !endpoints.contains(endpoint), !Self.isAmazonS3(endpoint) else { return }
        throw StoreError(
            .configurationInvalid,
            "The cache's endpoint \(endpoint) for bucket \(bucket) is neither Amazon's nor this worker's own; add it to "
                + "S3CACHE_ALLOWED_ENDPOINTS in the worker's environment, or reset the setting endpoint.",
            operation: "Configure", bucket: bucket)
    }

    /// Whether a cache may name this profile.
    func allows(profile: String) -> Bool { profiles.contains(profile) }

    /// Throws `configurationInvalid` unless a cache may name this profile.
    func admit(profile: String, bucket: String) throws(StoreError) {
        guard !allows(profile: profile) else { return }
        throw StoreError(
            .configurationInvalid,
            "The cache's credentials for bucket \(bucket) are the profile \(ObjectKey(profile).quoted), which this worker may "
                + "not use for caches; add it to S3CACHE_ALLOWED_PROFILES in the worker's environment, or reset the "
                + "setting credentials.",
            operation: "Configure", bucket: bucket)
    }

    /// Whether it is one of S3's own hosts: `s3.amazonaws.com`, `s3.REGION…`, `s3-REGION…`, `s3.dualstack.REGION…` and the
    /// FIPS forms of these, over TLS at the usual port. Other hosts below amazonaws.com are rented out to everyone.
    static func isAmazonS3(_ endpoint: S3Endpoint) -> Bool {
        guard endpoint.origin.scheme == .https else { return false }
        let host = endpoint.origin.host
        let suffix = [".amazonaws.com", ".amazonaws.com.cn"].first { host.hasSuffix($0) }
        guard let suffix, !host.contains(":") else { return false }
        var labels = host.dropLast(suffix.count).split(separator: ".", omittingEmptySubsequences: false)
        guard let service = labels.first else { return false }
        labels.removeFirst()
        if labels.first == "dualstack" { labels.removeFirst() }
        switch service {
        case "s3", "s3-fips": return labels.isEmpty || (labels.count == 1 && isRegion(labels[0]))
        default: return service.hasPrefix("s3-") && labels.isEmpty && isRegion(service.dropFirst(3))
        }
    }

    /// `eu-central-1`, `us-gov-west-1`: letters and digits in groups, the first one of two letters, the last one a number.
    /// Hosts of websites (`s3-website-…`) are none of them.
    private static func isRegion(_ label: Substring) -> Bool {
        let groups = label.split(separator: "-", omittingEmptySubsequences: false)
        guard (3...4).contains(groups.count), groups[0].utf8.count == 2, let number = groups.last,
            number.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return false }
        return groups.allSatisfy { group in
            !group.isEmpty && group.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) }
        }
    }
}
