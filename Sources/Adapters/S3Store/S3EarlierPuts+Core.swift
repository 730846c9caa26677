internal import Core
internal import S3

extension S3EarlierPuts {
    /// The port's attempts to store `source`, which is read once more where its MD5 is needed and not known.
    init(_ attempts: EarlierAttempts, of source: any ObjectSource, _ digests: SourceDigests) {
        self.init(mayHaveStored: attempts.mayHaveStored) {
            var md5 = digests.md5
            if md5 == nil { md5 = try await DigestingHasher().digests(of: source, digests.plan, withMD5: true).md5 }
            // Systems under FIPS rules have none.
            guard let md5, let age = try await attempts.age(md5.hexadecimal) else { return nil }
            return Mark(md5: md5, age: age)
        }
    }
}
