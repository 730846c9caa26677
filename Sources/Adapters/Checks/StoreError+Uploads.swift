internal import Core

extension StoreError {
    /// There is an object where there was to be none.
    static func alreadyExists(
        _ key: ObjectKey, operation: String, bucket: String, requestID: String? = nil
    ) -> StoreError {
        StoreError(
            .alreadyExists, "There is an object \(key.quoted) in \(bucket) already: choose another key, or replace it.",
            operation: operation, bucket: bucket, key: key, requestID: requestID)
    }

    /// There is nothing to copy.
    static func nothingToCopy(_ key: ObjectKey, bucket: String) -> StoreError {
        StoreError(
            .noSuchKey, "There is no object \(key.quoted) in \(bucket) that could be copied: check the key.",
            operation: "CopyObject", bucket: bucket, key: key)
    }

    /// What is to be copied is not what was meant.
    static func replaced(_ key: ObjectKey, bucket: String) -> StoreError {
        StoreError(
            .preconditionFailed, "The object \(key.quoted) in \(bucket) was replaced meanwhile: look at it again.",
            operation: "CopyObject", bucket: bucket, key: key)
    }

    /// The bytes are not those that were meant.
    static func changedBytes(_ key: ObjectKey, bucket: String) -> StoreError {
        StoreError(
            .checksumMismatch,
            "The bytes for \(key.quoted) in \(bucket) changed before they were stored, so they were not; it is tried again.",
            operation: "PutObject", bucket: bucket, key: key)
    }
}
