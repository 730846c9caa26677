import Core

/// One upload: contents are inspected before the store hears of them, and the row is written once they are safe there.
struct Upload: Sendable {
    let environment: JobEnvironment
    let job: Job
    let file: OpenFile
    let source: any ObjectSource
    /// The SHA-256 that the contents must have.
    var sha256: [UInt8]?
    /// Their MD5 in hexadecimal digits, where it is known.
    var md5: String?
    /// What is known of them, divided as they are sent: otherwise they are read once more for it.
    var digests: SourceDigests?

    /// An upload of what `source` gives to the place that the job names.
    init(_ environment: JobEnvironment, _ job: Job, _ file: OpenFile, of source: any ObjectSource) {
        self.environment = environment
        self.job = job
        self.file = file
        self.source = source
    }

    /// Does all of it, the job's end included. Throws `ContentError` for contents that the cache does not take.
    func run() async throws { try await run(try await source.inspection()) }

    /// The same for contents that were inspected.
    func run(_ inspection: ImageInspection) async throws {
        let content = try UploadRules(file.configuration, job.arguments, file.key).check(inspection)
        let hooked = file.hooked(contentType: content.options.contentType, size: source.size)
        try await scan(hooked)
        if environment.settings.isDryRun { return try await environment.complete(job, dryRun: dryRun(content)) }
        let (uploaded, isReplaced) = try await keepingCopy(of: content) { try await store(content) }
        let purge = isReplaced ? await Purge(environment, job).run(hooked) : nil
        do {
            try await environment.places.lending {
                try await environment.persistently(noting: purge, for: job) {
                    try await environment.contents.complete(job, uploaded: uploaded)
                }
            }
        } catch let failure as JobFailure where failure.code == JobFailure.bindingUnusable {
            let stored = ArchivedFile(
                row: job.arguments.row ?? "", path: "", filename: file.filename, object: uploaded)
            try await environment.keep([stored], for: job)
            throw failure
        }
    }

    private func dryRun(_ content: CheckedUpload) -> DryRunResult {
        var result = DryRunResult(.upload, filename: file.filename, key: file.key)
        result.size = source.size
        result.contentType = content.options.contentType
        result.width = content.size?.width
        result.height = content.size?.height
        result.sha256 = sha256?.hexadecimal
        return result
    }

    private func scan(_ object: HookedObject) async throws {
        guard let scanner = environment.scanner else { return }
        let progress = ProgressReporter(
            jobs: environment.jobs, job: job, interval: environment.settings.progressInterval)
        let pieces = SourcePieces(source)
        try await progress.reportingAlive { try await scanner.scan(object) { try await pieces.next() } }
    }

    /// What is there in the end, and whether another object was there before.
    private func store(_ content: CheckedUpload) async throws -> (UploadedObject, isReplaced: Bool) {
        var options = content.options
        options.sha256 = sha256
        let rule = content.ifExists
        var isReplaced = false
        if rule != .replace || job.arguments.byContent == true {
            if let found = try await file.store.head(file.key) {
                let mayBeOurs = job.arguments.foundAbsent == true
                if let kept = try await keep(found, rule, content, mayBeOurs: mayBeOurs) {
                    // An attempt before may have put it there, and not have come to the purge.
                    return (kept, rule == .replace && job.attempt > 1)
                }
                isReplaced = true
            } else if rule != .replace {
                try await environment.contents.noteAbsence(for: job)
                options.ifAbsent = true
            }
        } else if environment.purger != nil {
            isReplaced = try await mayExist()
        }
        do {
            return (try await settle(try await put(options), content), isReplaced)
        } catch let error as StoreError where error.code == .alreadyExists {
            // Also what this worker sent and got no answer to.
            guard let found = try await file.store.head(file.key),
                let kept = try await keep(found, rule, content, mayBeOurs: true)
            else { throw error }
            return (kept, isReplaced)
        }
    }

    /// Whether an object is there; also where nobody may look.
    private func mayExist() async throws -> Bool {
        do {
            return try await file.store.head(file.key) != nil
        } catch let error as StoreError where error.code == .accessDenied {
            return true
        }
    }

    /// What becomes of the upload where there is an object already; nil: it takes that one's place.
    private func keep(
        _ found: ObjectSummary, _ rule: IfExists, _ content: CheckedUpload, mayBeOurs: Bool
    ) async throws -> UploadedObject? {
        if mayBeOurs || (job.arguments.byContent == true && !mayBeTooOpen(content)), try await hasOurBytes(found) {
            return UploadedObject(found, sha256: sha256, size: content.size, isSkipped: !mayBeOurs)
        }
        switch rule {
        case .replace: return nil
        case .skip: return UploadedObject(found, isSkipped: true)
        case .error:
            throw StoreError(
                .alreadyExists,
                "The object \(file.key.quoted) is there already, and stays: choose another name, or say "
                    + "if_exists => 'replace'.",
                operation: "HeadObject", bucket: file.store.bucket, key: file.key)
        }
    }

    /// Whether equal bytes that are there may be readable by more people than ours are to be.
    private func mayBeTooOpen(_ content: CheckedUpload) -> Bool {
        content.options.acl != nil && job.arguments.access == "private"
    }

    /// By size and MD5; where the etag is another, which it may be of equal bytes, by all of them.
    private func hasOurBytes(_ found: ObjectSummary) async throws -> Bool {
        guard found.size == source.size else { return false }
        if let md5, found.etag == md5 { return true }
        guard let stream = try await file.store.open(file.key), stream.summary.etag == found.etag else { return false }
        var place: Int64 = 0
        for try await chunk in stream.chunks {
            guard try await source.read(place..<place + Int64(chunk.count)) == chunk else { return false }
            place += Int64(chunk.count)
        }
        return place == source.size
    }

    private func put(_ options: PutOptions) async throws -> ObjectSummary {
        var transfer = TransferOptions()
        transfer.digests = digests
        transfer.earlier = environment.earlierAttempts(at: job, toStore: file.filename)
        guard source.size > transfer.threshold else {
            return try await file.store.put(file.key, from: source, options, transfer)
        }
        let progress = ProgressReporter(
            jobs: environment.jobs, job: job, interval: environment.settings.progressInterval)
        let plan = transfer.plan(for: source.size)
        transfer.resume = try await environment.contents.checkpoint(of: job, key: file.key)
        transfer.begin = { try await environment.contents.noteBeginning(of: file.key, for: job) }
        let pace = SavingPace(interval: environment.settings.progressInterval)
        transfer.save = { checkpoint in
            if pace.isDue(checkpoint, of: plan) {
                try await environment.contents.save(checkpoint, key: file.key, for: job)
            }
            let done = checkpoint.parts.reduce(0) { $0 + Int(plan.range(of: $1.number).count) }
            try await progress.report(done: done, total: Int(plan.size))
        }
        return try await progress.reportingAlive { [transfer] in
            try await file.store.put(file.key, from: source, options, transfer)
        }
    }

    /// What the row is to say: the bucket tells when the object was written, and, where it is asked, whether somebody replaced it
    /// meanwhile. Whoever may only put objects gets by without. Throws `unavailable` where the object is not there at all.
    private func settle(_ stored: ObjectSummary, _ content: CheckedUpload) async throws -> UploadedObject {
        var stored = stored
        stored.contentType = stored.contentType ?? content.options.contentType
        let found: ObjectSummary?
        do {
            // Of what a worker left that was lost, the bucket tells what there is.
            found = try await job.arguments.firstBegun == nil ? file.store.settled(stored) : file.store.head(file.key)
        } catch is StoreError {
            return UploadedObject(stored, sha256: sha256, size: content.size)
        }
        guard var seen = found else {
            throw StoreError(
                .unavailable,
                "The bucket \(file.store.bucket) took the object \(file.key.quoted) and does not have it: look for a rule that "
                    + "moves or removes objects, or a proxy in between.",
                operation: "HeadObject", bucket: file.store.bucket, key: file.key)
        }
        guard seen.etag == stored.etag else { return UploadedObject(seen) }
        seen.contentType = seen.contentType ?? content.options.contentType
        return UploadedObject(seen, sha256: sha256, size: content.size)
    }
}
