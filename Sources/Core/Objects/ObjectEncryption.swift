/// How a store encrypts an object where it keeps it; nobody who may read the object notices.
public enum ObjectEncryption: Hashable, Sendable {
    /// With the store's own key: `AES256`.
    case storeKey
    /// With a key of a key management service: `aws:kms`. Nil: the account's key for S3.
    case managedKey(String?)
}
