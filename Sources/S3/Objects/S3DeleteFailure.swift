/// An object that could not be removed.
public struct S3DeleteFailure: Sendable {
    /// Its key.
    public let key: String
    /// Why.
    public let error: S3Error
}
