package import Core

/// Stores the bytes that the database holds for the job. The row appears, and the bytes go, only once the store has them.
package struct UploadHandler: JobHandler {
    private let environment: JobEnvironment

    /// A handler for upload jobs.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        let file = try await environment.openFile(job)
        let bytes = try await environment.contents.stagedBytes(of: job)
        let options = try options(of: job, file)
        let stored = try await file.store.put(file.key, bytes, options)
        let (object, isOurs) = try await settle(stored, in: file, contentType: options.contentType)
        try await environment.persistently {
            try await environment.contents.complete(job, uploaded: object, sha256: isOurs ? options.sha256 : nil)
        }
    }

    private func options(of job: Job, _ file: OpenFile) throws -> PutOptions {
        var options = PutOptions()
        options.contentType = job.arguments.contentType ?? MediaType.inferred(from: file.key)
        options.cacheControl = job.arguments.cacheControl ?? file.configuration.cacheControl
        options.metadata = job.arguments.metadata ?? [:]
        options.storageClass = file.configuration.storageClass
        options.acl = file.configuration.acl
        if let digits = job.arguments.sha256 {
            guard let digest = [UInt8](hexadecimal: digits) else {
                throw environment.invalidArguments(of: job, "has a malformed checksum")
            }
            options.sha256 = digest
        }
        return options
    }

    /// What the row is to say: HEAD tells when the object was written, and whether somebody replaced it meanwhile. Whoever
    /// may only put objects gets by without. Throws `unavailable` where the object is not there at all.
    private func settle(
        _ stored: ObjectSummary, in file: OpenFile, contentType: String?
    ) async throws -> (object: ObjectSummary, isOurs: Bool) {
        var stored = stored
        stored.contentType = stored.contentType ?? contentType
        let found: ObjectSummary?
        do {
            found = try await file.store.head(file.key)
        } catch is StoreError {
            return (stored, true)
        }
        guard var seen = found else {
            throw StoreError(
                .unavailable,
                "The bucket \(file.store.bucket) took the object \(file.key.quoted) and does not have it: look for a rule that "
                    + "moves or removes objects, or a proxy in between.",
                operation: "HeadObject", bucket: file.store.bucket, key: file.key)
        }
        let isOurs = seen.etag == stored.etag
        if isOurs { seen.contentType = seen.contentType ?? contentType }
        return (seen, isOurs)
    }
}
