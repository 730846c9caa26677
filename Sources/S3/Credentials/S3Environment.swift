/// What the environment says about the object store: the names of the product's contract, read once.
///
///     let environment = try S3Environment(ProcessInfo.processInfo.environment)
///     environment.bucket              // S3_BUCKET, AWS_S3_BUCKET or AWS_S3_BUCKET_NAME
///     environment.regionOrDefault     // us-east-1 where no variable says another
///
/// Of several names the first one that is set wins; an empty value counts as unset, and white space around one is dropped.
/// Neither its description nor a dump shows any value: some are secrets.
public struct S3Environment: Sendable {
    /// The region where nobody says another.
    public static let defaultRegion = "us-east-1"

    /// How long a presigned URL lives, in seconds: `S3_PRESIGNED_URL_EXPIRATION`. Nil: not set.
    public let presignedURLExpiration: Int?
    /// For how long a presigned URL is handed out again, in seconds: `S3_PRESIGNED_URL_CACHE_TIMEOUT`. Nil: not set.
    public let presignedURLReuse: Int?
    /// Whether nothing may be written anywhere: `DRY_RUN`.
    public let isDryRun: Bool
    /// How uploads ask for objects to be encrypted: `S3CACHE_ENCRYPTION`.
    private let encryption: EncryptionWishes

    /// Every variable as it was given: for programs that are started.
    let variables: [String: String]

    private let values: [String: String]

    /// Takes the variables of a process.
    ///
    /// Throws for a number of seconds that is none or is out of range (a URL lives one second to seven days, and is reused
    /// for one second to one day), for a `DRY_RUN` that is neither yes nor no: guessing could write what must not be, and for an
    /// `S3CACHE_ENCRYPTION` that `EncryptionWishes` does not understand.
    public init(_ variables: [String: String]) throws(S3EnvironmentError) {
        let values = variables.compactMapValues { value in
            let trimmed = value.trimmingASCIISpace()
            return trimmed.isEmpty ? nil : trimmed
        }
        self.variables = variables
        self.values = values
        presignedURLExpiration = try Self.seconds("S3_PRESIGNED_URL_EXPIRATION", in: 1...604_800, of: values)
        presignedURLReuse = try Self.seconds("S3_PRESIGNED_URL_CACHE_TIMEOUT", in: 1...86_400, of: values)
        isDryRun = try Self.flag("DRY_RUN", of: values)
        encryption = try EncryptionWishes(values["S3CACHE_ENCRYPTION"] ?? "", variable: "S3CACHE_ENCRYPTION")
    }

    // MARK: The store

    /// The region, where a variable says one. Where none does, a profile may.
    public var region: String? { self[.region] }

    /// The region, or `us-east-1`.
    public var regionOrDefault: String { region ?? Self.defaultRegion }

    /// How uploads to a bucket ask for objects to be encrypted. Nil: as the bucket says.
    public func encryption(in bucket: String) -> S3Encryption? { encryption.wish(for: bucket) }

    /// The bucket of the default cache.
    public var bucket: String? { self[.bucket] }

    /// The URL of a server that is not Amazon's.
    public var endpoint: String? { self[.endpoint] }

    /// The URL that objects are handed out under. A bare host name, as CloudFront shows it, gets `https://` before it.
    public var cdnURL: String? {
        self[.cdn].map { $0.utf8.firstRange(of: "://".utf8) == nil ? "https://" + $0 : $0 }
    }

    /// A PEM file with the certificates of the authorities to trust instead of the system's: `AWS_CA_BUNDLE`.
    public var authorityBundlePath: String? { self["AWS_CA_BUNDLE"] }

    /// The directory of the embedded store: `S3CACHE_DIRECTORY`, or `./s3cache-data`.
    public var directory: String { self["S3CACHE_DIRECTORY"] ?? "./s3cache-data" }

    // MARK: Who may do what

    /// The variables whose credentials go before those of a profile, where any of them is set.
    public static let credentialVariables =
        VariableNames.accessKeyID.names + VariableNames.secretAccessKey.names + VariableNames.sessionToken.names
        + ["AWS_WEB_IDENTITY_TOKEN_FILE"]

    /// The profile that everything is done with: `AWS_PROFILE`.
    public var profile: String? { self["AWS_PROFILE"] }

    /// The profile that presigned URLs are signed with: `S3CACHE_PRESIGN_PROFILE`.
    public var presignProfile: String? { self["S3CACHE_PRESIGN_PROFILE"] }

    /// The profile that upload URLs are signed with: `S3CACHE_UPLOAD_PROFILE`.
    public var uploadProfile: String? { self["S3CACHE_UPLOAD_PROFILE"] }

    /// Endpoints that a cache's settings may name besides Amazon's and `endpoint`: `S3CACHE_ALLOWED_ENDPOINTS`.
    public var allowedEndpoints: [String] { list("S3CACHE_ALLOWED_ENDPOINTS") }

    /// Profiles that a cache's settings may name: `S3CACHE_ALLOWED_PROFILES`.
    public var allowedProfiles: [String] { list("S3CACHE_ALLOWED_PROFILES") }

    /// Whether an S3 server is meant at all: a key id or secret, a profile, an endpoint, or a source that a container platform set
    /// up. Otherwise objects go to the embedded store.
    public var isConfigured: Bool {
        self[.accessKeyID] != nil || self[.secretAccessKey] != nil || profile != nil || endpoint != nil
            || [
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                "AWS_WEB_IDENTITY_TOKEN_FILE",
            ].contains { self[$0] != nil }
    }

    // MARK: Reading

    /// The value of a variable; nil when it is not set or empty.
    subscript(name: String) -> String? { values[name] }

    /// The value of the first variable that is set.
    subscript(names: VariableNames) -> String? { names.names.lazy.compactMap { values[$0] }.first }

    private func list(_ name: String) -> [String] {
        (values[name] ?? "").unicodeScalars.split { $0 == "," || $0.properties.isWhitespace }.map(String.init)
    }

    private static func seconds(
        _ name: String, in range: ClosedRange<Int>, of values: [String: String]
    ) throws(S3EnvironmentError) -> Int? {
        guard let text = values[name] else { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), range.contains(number)
        else {
            throw S3EnvironmentError(
                variable: name,
                "\(name) takes a whole number of seconds from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func flag(_ name: String, of values: [String: String]) throws(S3EnvironmentError) -> Bool {
        switch values[name]?.lowercased() {
        case nil, "false", "0", "no": return false
        case "true", "1", "yes": return true
        default:
            throw S3EnvironmentError(variable: name, "\(name) takes true, 1 or yes, and false, 0 or no")
        }
    }
}

extension S3Environment: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// No values.
    public var description: String { "S3Environment(\(isConfigured ? "configured" : "not configured"))" }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// What `dump` shows: no values.
    public var customMirror: Mirror { Mirror(self, children: ["isConfigured": isConfigured]) }
}
