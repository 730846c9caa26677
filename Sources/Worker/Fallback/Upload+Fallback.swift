import Core

extension Upload {
    /// Does `store`. Where that fails because the store is away, a copy is kept, from which the object is served until a later
    /// attempt gets through; the error, which tells so, is thrown all the same.
    func keepingCopy<Result>(
        of content: CheckedUpload, _ store: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await store()
        } catch var error as StoreError where error.meansStoreIsAway {
            // What a fetch has downloaded is nowhere but here: it will be downloaded again.
            guard job.kind != .fetch, let fallback = environment.fallback, let copies = fallback.copies else {
                throw error
            }
            do {
                guard try await keepCopy(of: content, in: copies, fallback.records) else { throw error }
                error.message += " Until it is back, a copy is served from this worker's directory."
            } catch let problem as StoreError where problem != error {
                environment.observe(.copyNotKept(job, JobFailure(problem)))
                error.message += " No copy can be served meanwhile: \(problem.message)"
            }
            throw error
        }
    }

    /// False if there is to be none.
    private func keepCopy(
        of content: CheckedUpload, in copies: any LocalCopies, _ records: any CopyStore
    ) async throws -> Bool {
        let wanted = copies.newPlace(for: file.key, in: file.store.bucket, of: job.id)
        // Whether there is an object that is to stay only the store could tell.
        let onlyNew = content.ifExists != .replace || job.arguments.byContent == true
        guard let place = try await records.plan(wanted, onlyNew: onlyNew, for: job) else { return false }
        let copy = try await copies.keep(source, at: place, sha256: sha256)
        var summary = copy.summary
        summary.contentType = content.options.contentType
        let kept = UploadedObject(summary, sha256: sha256, size: content.size)
        try await environment.persistently { [job] in try await records.keep(kept, url: copy.url, for: job) }
        environment.observe(.copyKept(job))
        return true
    }
}
