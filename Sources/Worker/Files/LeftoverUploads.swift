import Core

/// Aborts the uploads in parts whose jobs were cancelled, failed at last, or were lost too often: nobody goes on with them,
/// and their parts cost.
package struct LeftoverUploads: Sendable {
    /// What clocks may differ by: S3 serves nobody whose clock is further from its own. Seconds.
    private static let clockTolerance = 900
    /// How long after the note the store may have been asked, retries included. Seconds.
    private static let askedWithin = 900

    private let environment: JobEnvironment

    /// What the jobs of this environment leave over.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    /// Aborts all, looking at `batch` at a time; gives how many are done with. One whose bucket cannot be reached is tried again
    /// later.
    package func abort(batch: Int) async throws -> Int {
        var aborted = 0
        var last: Int64 = 0
        while true {
            let uploads = try await environment.contents.leftovers(after: last, limit: batch)
            for upload in uploads {
                if try await abort(upload) {
                    try await environment.contents.forget(upload)
                    aborted += 1
                }
                last = upload.jobID
            }
            if uploads.count < batch { return aborted }
        }
    }

    /// False where it is to be tried again.
    private func abort(_ upload: LeftoverUpload) async throws -> Bool {
        do {
            let configuration = try await environment.caches.configuration(of: upload.cache)
            let store = try environment.stores.store(for: configuration)
            if let id = upload.uploadID {
                try await store.abortUpload(id, of: upload.key)
            } else {
                let last = max(upload.begunAt, upload.notedAt)
                    .advanced(bySeconds: Self.clockTolerance + Self.askedWithin)
                try await store.abortUploads(
                    of: upload.key, startedIn: upload.begunAt.advanced(bySeconds: -Self.clockTolerance)...last)
            }
            return true
        } catch let error where error is StoreError || error is JobFailure {
            environment.observe(.leftoverKept(upload, JobFailure(from: error)))
            // Whoever may not list uploads will never learn of one whose name is lost; the bucket's lifecycle rules do.
            return upload.uploadID == nil && (error as? StoreError)?.code == .accessDenied
        }
    }
}
