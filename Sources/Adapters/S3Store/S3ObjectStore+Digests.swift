internal import Core
internal import S3
internal import SigV4

extension S3ObjectStore {
    /// The digests of what is to be sent, which the server compares: those that the caller has, or what reading the source
    /// gives. Throws `checksumMismatch` where they are not of the bytes that were meant.
    func digests(
        of source: any ObjectSource, for key: ObjectKey, _ options: PutOptions, _ transfer: TransferOptions
    ) async throws -> SourceDigests {
        let isWhole = source.size <= transfer.threshold
        let plan =
            isWhole ? MultipartPlan(size: source.size, atLeast: max(1, source.size)) : transfer.plan(for: source.size)
        if let known = transfer.digests, known.plan.size == source.size, known.plan == plan || isWhole {
            guard options.sha256 == nil || options.sha256 == known.sha256 else {
                throw StoreError.changedBytes(key, bucket: bucket)
            }
            return known
        }
        // The server compares the whole with what was meant, unless an MD5 is needed too.
        if isWhole, !options.ifAbsent, let sha256 = options.sha256 {
            return SourceDigests(plan: plan, sha256: sha256, md5: nil, parts: [sha256])
        }
        let found = try await DigestingHasher().digests(of: source, plan, withMD5: isWhole)
        guard options.sha256 == nil || options.sha256 == found.sha256 else {
            throw StoreError.changedBytes(key, bucket: bucket)
        }
        return found
    }
}

extension SourceDigests {
    /// Those of the whole, for a request that sends it.
    func body(for key: ObjectKey, bucket: String) throws -> S3BodyDigests {
        guard let sha256 = SHA256.Digest(bytes: sha256) else { throw StoreError.changedBytes(key, bucket: bucket) }
        return S3BodyDigests(sha256: sha256, md5: md5)
    }

    /// That of a part, for the request that sends it.
    func digest(ofPart number: Int, for key: ObjectKey, bucket: String) throws -> SHA256.Digest {
        guard parts.indices.contains(number - 1), let digest = SHA256.Digest(bytes: parts[number - 1]) else {
            throw StoreError.changedBytes(key, bucket: bucket)
        }
        return digest
    }
}
