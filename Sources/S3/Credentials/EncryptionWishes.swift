/// How objects are to be encrypted, by bucket: `AES256, photos=aws:kms:key, scratch=none`.
struct EncryptionWishes: Sendable {
    private var usual: S3Encryption?
    /// Nil: as the bucket says.
    private var ofBuckets: [String: S3Encryption?] = [:]

    /// Wishes separated by commas or spaces: `AES256`, `aws:kms`, `aws:kms:` and a key, or `none`, which leaves it to the bucket; for
    /// one bucket with its name and a `=` before it, once without, for all others. Throws for anything else, naming the variable.
    init(_ text: String, variable: String) throws(S3EnvironmentError) {
        let malformed = S3EnvironmentError(
            variable: variable,
            "\(variable) takes AES256, aws:kms, aws:kms: and a key, or none; for one bucket after its name and a =")
        var hasUsual = false
        for wish in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
            let parts = wish.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let last = parts.last, let encryption = Self.encryption(last) else { throw malformed }
            if parts.count == 1 {
                guard !hasUsual else { throw malformed }
                (usual, hasUsual) = (encryption, true)
            } else {
                let bucket = String(parts[0])
                guard !bucket.isEmpty, ofBuckets.updateValue(encryption, forKey: bucket) == nil else { throw malformed }
            }
        }
    }

    /// Nil: as the bucket says.
    func wish(for bucket: String) -> S3Encryption? { ofBuckets[bucket] ?? usual }

    /// Nil within nil for `none`, nil for what it does not understand.
    private static func encryption(_ text: Substring) -> S3Encryption?? {
        let kms = "aws:kms"
        switch text {
        case "AES256": return .some(.aes256)
        case "none": return .some(nil)
        case Substring(kms): return .some(.kms(key: nil))
        default:
            let key = text.dropFirst(kms.utf8.count + 1)
            guard text.hasPrefix(kms + ":"), !key.isEmpty, key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                return nil
            }
            return .some(.kms(key: String(key)))
        }
    }
}
