package import Core

/// Renames an object: a copy within the store, a note that it is safe, the old one's deletion, word
/// to the CDN, and then the row.
///
/// Each step is done again without harm where a worker was lost between two of them.
package struct RenameHandler: JobHandler {
    private let environment: JobEnvironment

    /// A handler for rename_object jobs.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        guard let name = job.arguments.newFilename else {
            throw environment.invalidArguments(of: job, "has no new name")
        }
        let file = try await environment.openFile(job)
        let target = file.configuration.key(of: ObjectKey(name))
        if environment.settings.isDryRun {
            var result = DryRunResult(.rename, filename: file.filename, key: file.key)
            result.newFilename = name
            result.newKey = target.string
            return try await environment.complete(job, dryRun: result)
        }
        let progress = ProgressReporter(
            jobs: environment.jobs, job: job, interval: environment.settings.progressInterval)
        let copy = try await progress.reportingAlive { try await copied(job, file, to: target) }
        try await file.store.delete(file.key)
        let purge = await Purge(environment, job).run(file.hooked())
        try await environment.persistently(noting: purge, for: job) {
            try await environment.contents.completeRenaming(job, to: copy)
        }
    }

    /// The object under its new name, which the database knows to be safe there.
    private func copied(_ job: Job, _ file: OpenFile, to target: ObjectKey) async throws -> ObjectSummary {
        let found = try await file.store.head(target)
        guard let object = try await file.store.head(file.key) else {
            // The attempt before may have deleted it.
            if let found, found.etag == job.arguments.copied { return found }
            throw StoreError(
                .noSuchKey,
                "There is no object \(file.key.quoted) to rename: look whether it was renamed or deleted before.",
                operation: "CopyObject", bucket: file.store.bucket, key: file.key)
        }
        var copy = found
        if let found {
            guard try await isSame(object, found, file) else {
                throw StoreError(
                    .alreadyExists,
                    "The object \(target.quoted) is there already, and another than \(file.key.quoted): delete it, or choose "
                        + "another name.",
                    operation: "CopyObject", bucket: file.store.bucket, key: target)
            }
        }
        let acl = UploadRules(file.configuration, job.arguments, target).accessControl
        // Equal bytes that are there may be readable by everyone.
        if found == nil || (acl != nil && job.arguments.access == "private") {
            var options = CopyOptions()
            options.etag = object.etag
            options.ifAbsent = found == nil
            options.acl = acl
            if object.size > options.threshold {
                try await environment.contents.noteBeginning(of: target, for: job)
            }
            try await file.store.copy(file.key, to: target, options)
            copy = try await file.store.head(target)
        }
        guard let copy else {
            throw StoreError(
                .unavailable,
                "The bucket \(file.store.bucket) copied to \(target.quoted) and does not have it: look for a rule that moves or "
                    + "removes objects.",
                operation: "HeadObject", bucket: file.store.bucket, key: target)
        }
        // What is about to be deleted is nowhere else.
        guard copy.size == object.size else {
            throw StoreError(
                .checksumMismatch,
                "The copy \(target.quoted) has \(copy.size) bytes, and \(file.key.quoted) has \(object.size), so that is not deleted; "
                    + "it is tried again.",
                operation: "HeadObject", bucket: file.store.bucket, key: target)
        }
        try await environment.contents.noteCopy(copy.etag, of: object.etag, for: job)
        return copy
    }

    private func isSame(_ object: ObjectSummary, _ other: ObjectSummary, _ file: OpenFile) async throws -> Bool {
        guard object.size == other.size else { return false }
        if object.etag == other.etag { return true }
        guard let left = try await file.store.open(file.key), let right = try await file.store.open(other.key) else {
            return false
        }
        return try await ByteComparison.areEqual(left.chunks, right.chunks)
    }
}
