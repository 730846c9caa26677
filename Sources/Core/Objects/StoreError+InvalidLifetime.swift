extension StoreError {
    /// Throws `requestRefused` for a lifetime that no presigned URL can have. Every store calls it.
    public static func check(
        lifetime seconds: Int, of key: ObjectKey, bucket: String
    ) throws(StoreError) {
        let lifetimes = PresignedURL.lifetimes
        guard !lifetimes.contains(seconds) else { return }
        throw StoreError(
            .requestRefused,
            "A presigned URL lives \(lifetimes.lowerBound) second to \(lifetimes.upperBound) seconds, not \(seconds); ask for "
                + "another lifetime.",
            operation: "GetObject", bucket: bucket, key: key)
    }
}
