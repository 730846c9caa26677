/// An object by bucket and key, as `s3://bucket/key` writes it.
public struct S3Location: Hashable, Sendable {
    /// The bucket's name.
    public var bucket: String
    /// The key, as it is: nothing of it is encoded.
    public var key: ObjectKey

    /// An object.
    public init(bucket: String, key: ObjectKey) {
        self.bucket = bucket
        self.key = key
    }

    /// Reads `s3://bucket/key`. The key is what stands behind the slash, letter by letter.
    ///
    /// Throws `locationInvalid`.
    public init(_ text: String) throws(InventoryError) {
        let scheme = "s3://"
        guard text.utf8.starts(with: scheme.utf8) else { throw Self.invalid(text, "it does not begin with s3://") }
        let rest = text.utf8.dropFirst(scheme.utf8.count)
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else {
            throw Self.invalid(text, "it has no key")
        }
        bucket = String(Substring(rest[..<slash]))
        key = ObjectKey(String(Substring(rest[rest.index(after: slash)...])))
        guard Self.isBucketName(bucket) else {
            throw Self.invalid(text, "what stands in front of the key cannot be the name of a bucket")
        }
        guard key.length > 0 else { throw Self.invalid(text, "it has no key") }
        guard key.length <= ObjectKey.maximumLength else {
            throw Self.invalid(text, "its key is longer than \(ObjectKey.maximumLength) bytes")
        }
        guard !key.string.utf8.contains(0) else { throw Self.invalid(text, "its key has a NUL") }
    }

    /// Letters, digits, `.`, `-` and `_`, and no path segment of its own: servers other than Amazon's take more than AWS.
    private static func isBucketName(_ name: String) -> Bool {
        let isFit = name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "-._".utf8.contains(byte)
            }
        }
        return isFit && (1...255).contains(name.utf8.count) && name != "." && name != ".."
    }

    private static func invalid(_ text: String, _ problem: String) -> InventoryError {
        InventoryError(
            .locationInvalid,
            "\(ObjectKey(text).quoted) does not say where an inventory is, because \(problem); give the manifest as "
                + "s3://bucket/path/manifest.json.")
    }
}

extension S3Location: CustomStringConvertible {
    /// `s3://bucket/key`, the key quoted where it could garble a line.
    public var description: String {
        let quoted = key.quoted
        return "s3://\(bucket)/" + (quoted == "\"\(key.string)\"" ? key.string : quoted)
    }
}
