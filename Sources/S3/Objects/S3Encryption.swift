internal import HTTP
internal import SigV4

/// How a server encrypts an object where it keeps it.
public enum S3Encryption: Hashable, Sendable {
    /// With a key of the server's own: `AES256`.
    case aes256
    /// With a key of a key management service: `aws:kms`. Nil: the account's key for S3.
    case kms(key: String?)

    private static let header = "x-amz-server-side-encryption"
    private static let keyHeader = "x-amz-server-side-encryption-aws-kms-key-id"

    /// What a response says; nil where it says nothing, or something that has to be asked for in another way.
    init?(_ headers: HTTPHeaders) {
        switch headers[Self.header] {
        case "AES256": self = .aes256
        case "aws:kms": self = .kms(key: headers[Self.keyHeader])
        default: return nil
        }
    }

    /// The headers that ask for it.
    var headers: [HeaderField] {
        switch self {
        case .aes256: [HeaderField(Self.header, "AES256")]
        case .kms(let key):
            [HeaderField(Self.header, "aws:kms")] + (key.map { [HeaderField(Self.keyHeader, $0)] } ?? [])
        }
    }

    /// The name of the key, where one is named.
    var key: String? {
        switch self {
        case .aes256: nil
        case .kms(let key): key
        }
    }
}
