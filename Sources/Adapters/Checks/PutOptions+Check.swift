internal import Core
internal import SigV4

extension PutOptions {
    /// Throws `checksumMismatch` if the bytes are not those that were meant.
    func check(_ bytes: [UInt8], of key: ObjectKey, in bucket: String) throws {
        guard let sha256, try SHA256.hash(bytes).bytes != sha256 else { return }
        throw StoreError.changedBytes(key, bucket: bucket)
    }
}
