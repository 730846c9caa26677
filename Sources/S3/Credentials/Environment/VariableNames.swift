/// The names under which a setting may stand in the environment; the first one that is set wins.
struct VariableNames: Sendable {
    let names: [String]

    init(_ names: String...) { self.names = names }

    /// The name to show in messages.
    var preferred: String { names.first ?? "" }

    static let accessKeyID = VariableNames("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "S3_ACCESS_KEY_ID")
    static let secretAccessKey = VariableNames("AWS_SECRET_ACCESS_KEY", "S3_SECRET_ACCESS_KEY")
    static let sessionToken = VariableNames("AWS_SESSION_TOKEN", "S3_SESSION_TOKEN")
    static let region = VariableNames("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_S3_REGION", "S3_REGION")
    static let bucket = VariableNames("S3_BUCKET", "AWS_S3_BUCKET", "AWS_S3_BUCKET_NAME")
    static let endpoint = VariableNames(
        "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_S3_ENDPOINT_URL", "S3_SERVER_URL")
    static let cdn = VariableNames("S3_CDN_URL", "NEXT_PUBLIC_S3_CDN_URL", "AWS_CLOUDFRONT_DOMAIN")
}
