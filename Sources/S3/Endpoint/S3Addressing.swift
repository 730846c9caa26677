/// Where a request names its bucket.
public enum S3Addressing: String, Sendable, CaseIterable {
    /// In the host where the server is AWS and the name can be a label of a certificate's wildcard; in the path for dotted
    /// names, IP addresses and every other server.
    case automatic = "auto"
    /// In the path: `https://s3.example.com/bucket/key`.
    case path
    /// In the host: `https://bucket.s3.example.com/key`.
    case virtualHost = "virtual"
}
