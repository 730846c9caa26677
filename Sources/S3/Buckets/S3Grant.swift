/// What a bucket's ACL lets somebody do.
public struct S3Grant: Hashable, Sendable {
    /// Who may.
    public enum Grantee: Hashable, Sendable {
        /// Everyone, without credentials.
        case everyone
        /// Everyone with credentials of some account.
        case anyAccount
        /// An account or a group of its own.
        case other
    }

    /// Who may.
    public var grantee: Grantee
    /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
    public var permission: String

    /// A grant to somebody.
    public init(_ grantee: Grantee, _ permission: String) {
        self.grantee = grantee
        self.permission = permission
    }
}
