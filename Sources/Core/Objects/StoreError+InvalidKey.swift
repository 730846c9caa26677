extension StoreError {
    /// Throws `invalidKey` for a key that no store takes: empty, longer than 1,024 bytes, or with a NUL in it.
    ///
    /// Every store calls it before anything else, so that such a key never reaches a path or a URL.
    public static func check(_ key: ObjectKey, operation: String, bucket: String) throws(StoreError) {
        let message: String
        if key.length == 0 {
            message = "A key cannot be empty; give it at least one character."
        } else if key.length > ObjectKey.maximumLength {
            message =
                "The key \(key.quoted) is \(key.length) bytes long; shorten it to \(ObjectKey.maximumLength) at most."
        } else if key.string.utf8.contains(0) {
            message = "The key \(key.quoted) contains a NUL character, which no store accepts; remove it."
        } else {
            return
        }
        throw StoreError(.invalidKey, message, operation: operation, bucket: bucket, key: key)
    }
}
