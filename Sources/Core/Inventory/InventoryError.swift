/// Why an inventory report cannot be used. Nothing of one that fails may be believed.
public struct InventoryError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Code: String, Hashable, Sendable {
        /// The text is not an `s3://bucket/key` of a manifest.
        case locationInvalid = "inventory_location_invalid"
        /// The manifest, or a file that it names, is not what Amazon S3 writes.
        case malformed = "inventory_malformed"
        /// The report lacks what a rebuild needs, or has a form that is not read here.
        case unsupported = "inventory_unsupported"
        /// The report is of another bucket.
        case wrongBucket = "inventory_wrong_bucket"
        /// Of what was deleted after the report was made, not all is known one by one any more.
        case outdated = "inventory_outdated"
        /// A file is not the one that the manifest names: cut off or changed on its way; worth another try.
        case checksumMismatch = "checksum_mismatch"
    }

    /// What is wrong.
    public var code: Code
    /// One sentence: what was wrong, and what to do about it. It shows no more of the report than names and keys.
    public var message: String
    /// Where the manifest is; nil where that is what is wrong.
    public var location: S3Location?

    /// Creates an error.
    public init(_ code: Code, _ message: String, location: S3Location? = nil) {
        self.code = code
        self.message = message
        self.location = location
    }
}

extension InventoryError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}

extension JobFailure {
    /// A report that cannot be used.
    public init(_ error: InventoryError) {
        self.init(
            code: error.code.rawValue, message: error.message, isRetryable: error.code == .checksumMismatch)
        operation = error.location == nil ? nil : "GetObject"
        bucket = error.location?.bucket
        key = error.location?.key.string
    }
}
