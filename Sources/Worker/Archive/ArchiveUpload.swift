import Core

/// The file of one row: looked at, compared with what the row says, and stored.
struct ArchiveUpload: Sendable {
    let files: ArchiveFiles
    let row: ArchiveRow
    let path: String
    let file: any LocalFile

    /// Smaller files are read once, into memory: bytes.
    private static let smallSize: Int64 = 1 << 20

    /// Stores the file, or says what a dry run would do. Throws what is wrong with file or bucket.
    func run() async throws -> ArchiveOutcome {
        try files.configuration.content.check(size: file.size)
        let source: any ObjectSource
        if file.size <= Self.smallSize {
            source = BytesSource(try await file.read(0..<file.size))
        } else {
            source = file
        }
        let inspection = try await source.inspection()
        let transfer = TransferOptions()
        // The etag of what goes in parts is no MD5.
        let needsMD5 =
            source.size <= transfer.threshold || row.md5?.isEmpty == false || row.key?.contains("{md5") == true
        let digests = try await files.environment.hasher.digests(
            of: source, transfer.plan(for: source.size), withMD5: needsMD5)
        try compare(digests)
        let filename = try filename(inspection, digests)
        let key = files.configuration.key(of: filename)
        guard key.length <= ObjectKey.maximumLength else {
            throw JobFailure(
                code: "invalid_key",
                message: "The key \(key.quoted) has more than 1024 bytes: shorten what it is made of.",
                isRetryable: false)
        }
        let content = try UploadRules(files.configuration, arguments, key).check(inspection)
        guard let store = files.store else {
            return .previewed(ArchivePreview(row: row.id, path: path, filename: filename.string))
        }
        var options = content.options
        options.sha256 = digests.sha256
        let object = try await files.keys.holding(key) {
            try await stored(key, in: store, options, content, source, digests, filename)
        }
        return .stored(ArchivedFile(row: row.id, path: path, filename: filename, object: object))
    }

    /// What is at the key in the end.
    private func stored(
        _ key: ObjectKey, in store: any ObjectStore, _ options: PutOptions, _ content: CheckedUpload,
        _ source: any ObjectSource, _ digests: SourceDigests, _ filename: ObjectKey
    ) async throws -> UploadedObject {
        if let object = try await kept(key, in: store, content, digests) { return object }
        if let scanner = files.environment.scanner {
            let hooked = HookedObject(
                cache: files.configuration.name, bucket: store.bucket, key: key,
                url: files.configuration.cdnURL(of: filename), contentType: options.contentType, size: source.size)
            let pieces = SourcePieces(source)
            try await scanner.scan(hooked) { try await pieces.next() }
        }
        let stored = try await put(key, filename, in: store, options, source, digests)
        return UploadedObject(stored, sha256: digests.sha256, size: content.size)
    }

    /// What the row says of its file, as an upload's arguments. The cache's own types count, and what archives are for besides.
    private var arguments: JobArguments {
        var arguments = JobArguments()
        arguments.contentType = row.mediaType
        arguments.types = Self.archivedFormats.map(\.rawValue)
        return arguments
    }

    private static let archivedFormats: [FileFormat] = [
        .mp4, .mov, .webm, .matroska, .mpeg, .avi, .mp3, .wav, .ogg, .flac, .m4a, .pdf,
    ]

    private func compare(_ digests: SourceDigests) throws {
        guard let expected = row.md5, !expected.isEmpty else { return }
        guard let md5 = digests.md5 else {
            throw JobFailure(
                code: "checksum_unavailable",
                message: "This system has no MD5, so the file cannot be compared with what its row says.",
                isRetryable: false)
        }
        guard md5.hexadecimal == expected.lowercased() else {
            throw JobFailure(
                code: "checksum_mismatch",
                message: "The file \(ObjectKey(path).quoted) has the MD5 \(md5.hexadecimal), and its row says "
                    + "\(ObjectKey(expected).quoted): bring the file back, or correct the row.",
                isRetryable: false)
        }
    }

    private func filename(_ inspection: ImageInspection, _ digests: SourceDigests) throws -> ObjectKey {
        guard let template = row.key else {
            throw JobFailure(
                code: "invalid_key",
                message: "The row has no key, because a column of the key template is NULL: set it.",
                isRetryable: false)
        }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let type = inspection.mediaType ?? row.mediaType
        return try KeyTemplate(template).filename(
            of: TemplateFile(
                name: name, fileExtension: type.flatMap { MediaType.usualExtension(of: $0) },
                modifiedAt: file.modifiedAt, md5: digests.md5, sha256: digests.sha256),
            environment: files.plan.environment)
    }

    /// What is there already and stays: the same bytes, or what the cache's `if_exists` protects. Nil: it is replaced.
    private func kept(
        _ key: ObjectKey, in store: any ObjectStore, _ content: CheckedUpload, _ digests: SourceDigests
    ) async throws -> UploadedObject? {
        guard content.ifExists != .replace, let found = try await store.head(key) else { return nil }
        if found.size == file.size, let md5 = digests.md5, found.etag == md5.hexadecimal {
            return UploadedObject(found, sha256: digests.sha256, size: content.size, isSkipped: true)
        }
        guard content.ifExists == .skip else {
            throw StoreError(
                .alreadyExists,
                "Another object \(key.quoted) is there already, and stays: bind another key, or configure if_exists => 'replace'.",
                operation: "HeadObject", bucket: store.bucket, key: key)
        }
        return UploadedObject(found, isSkipped: true)
    }

    private func put(
        _ key: ObjectKey, _ filename: ObjectKey, in store: any ObjectStore, _ options: PutOptions,
        _ source: any ObjectSource, _ digests: SourceDigests
    ) async throws -> ObjectSummary {
        var stored = try await store.put(key, from: source, options, try await transfer(to: key, filename, digests))
        stored.contentType = stored.contentType ?? options.contentType
        return stored
    }

    /// What goes in parts is noted, so that a worker that is lost leaves nothing that nobody knows of.
    private func transfer(
        to key: ObjectKey, _ filename: ObjectKey, _ digests: SourceDigests
    ) async throws -> TransferOptions {
        var transfer = TransferOptions()
        transfer.digests = digests
        transfer.earlier = files.environment.earlierAttempts(at: files.job, toStore: filename)
        guard file.size > transfer.threshold else { return transfer }
        let contents = files.environment.contents
        let job = files.job
        let plan = transfer.plan(for: file.size)
        let pace = SavingPace(interval: files.environment.settings.progressInterval)
        transfer.resume = try await contents.checkpoint(of: job, key: key)
        transfer.begin = { try await contents.noteBeginning(of: key, for: job) }
        transfer.save = { checkpoint in
            if pace.isDue(checkpoint, of: plan) { try await contents.save(checkpoint, key: key, for: job) }
        }
        return transfer
    }
}
