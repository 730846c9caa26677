import Foundation

/// An S3 server that runs for the tests, and the credentials of a user of it.
///
/// ```swift
/// let server = try S3TestServer.rgw
/// let bucket = server.uniqueBucketName()
/// ```
///
/// `scripts/test.sh` starts the servers and sets the variables `S3CACHE_TEST_…`. By hand:
/// `scripts/test-s3.sh start DIR && eval "$(scripts/test-s3.sh env DIR)"`.
public struct S3TestServer: Sendable {
    /// `http://` or `https://`, host and port, without a slash at the end.
    public let endpoint: String
    /// Names the user.
    public let accessKey: String
    /// What the user signs with.
    public let secretKey: String

    /// Another place that leads to the same server, such as a `FaultProxy`.
    public func reached(at endpoint: String) -> S3TestServer {
        S3TestServer(endpoint: endpoint, accessKey: accessKey, secretKey: secretKey)
    }

    /// A bucket name that nobody has had, valid everywhere: lower case letters, digits and hyphens.
    public func uniqueBucketName() -> String {
        "test-" + UUID().uuidString.lowercased()
    }
}

extension S3TestServer {
    /// Ceph RGW: fast, keeps everything in memory.
    public static var rgw: S3TestServer {
        get throws { try fromEnvironment("RGW") }
    }

    /// The same server for a second user, who may do nothing with the first user's buckets.
    public static var rgwOther: S3TestServer {
        get throws { try fromEnvironment("RGW", user: "RGW_OTHER") }
    }

    /// OpenStack Swift: another code base, slow at writing.
    public static var swift: S3TestServer {
        get throws { try fromEnvironment("SWIFT") }
    }

    /// Ceph RGW for its first user behind TLS.
    public static func tls(_ certificate: Certificate) throws -> S3TestServer {
        try fromEnvironment("TLS_\(certificate.rawValue)", user: "RGW")
    }

    /// The authority that signed the certificates, as the path of a PEM file.
    public static var authorityFile: String {
        get throws { try variable("TLS_CA") }
    }

    /// What a server behind TLS shows, always at the host `localhost`.
    public enum Certificate: String, Sendable, CaseIterable {
        /// For `localhost` and 127.0.0.1, signed by the authority of `authorityFile`.
        case good = "GOOD"
        /// Signed by another authority.
        case untrusted = "UNTRUSTED"
        /// Was valid until yesterday.
        case expired = "EXPIRED"
        /// For a host of another name.
        case wrongName = "WRONG_NAME"
    }

    private static func fromEnvironment(_ server: String, user: String? = nil) throws -> S3TestServer {
        let user = user ?? server
        return S3TestServer(
            endpoint: try variable("\(server)_ENDPOINT"), accessKey: try variable("\(user)_ACCESS_KEY"),
            secretKey: try variable("\(user)_SECRET_KEY"))
    }

    private static func variable(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment["S3CACHE_TEST_\(name)"], !value.isEmpty else {
            throw TestFailure(
                "S3CACHE_TEST_\(name) is not set: run scripts/test.sh, "
                    + "or scripts/test-s3.sh start DIR and eval \"$(scripts/test-s3.sh env DIR)\"")
        }
        return value
    }
}

extension S3TestServer: CustomStringConvertible, CustomReflectable {
    /// The endpoint. Never shows keys.
    public var description: String { endpoint }

    /// Nothing but the description, so that `dump` shows no keys either.
    public var customMirror: Mirror { Mirror(self, unlabeledChildren: [description]) }
}
