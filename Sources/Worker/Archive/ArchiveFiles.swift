import Core

/// Finds and uploads the files of an archive job's rows.
struct ArchiveFiles: Sendable {
    let environment: JobEnvironment
    let job: Job
    let plan: ArchivePlan
    let configuration: CacheConfiguration
    /// Nil in a dry run.
    let store: (any ObjectStore)?
    /// Keys that rows of this job are being stored under.
    let keys = KeysUnderWay()

    /// What becomes of the first file that is there; nil if none is. Throws what concerns the whole bucket.
    func archive(_ look: ArchiveLook) async throws -> ArchiveOutcome? {
        for path in look.paths {
            let file: any LocalFile
            do {
                file = try await environment.files.open(path)
            } catch let failure as JobFailure
                where failure.code == "file_not_found" || failure.code == "file_not_allowed"
            {
                continue
            } catch let error as StoreError where error.code == .accessDenied || error.code == .invalidKey {
                return .failed(ArchiveProblem(row: look.row.id, JobFailure(error)))
            }
            let upload = ArchiveUpload(files: self, row: look.row, path: path, file: file)
            do {
                return try await upload.run()
            } catch let error as StoreError where error.concernsWholeBucket {
                throw error
            } catch let error where error is StoreError || error is ContentError || error is JobFailure {
                return .failed(ArchiveProblem(row: look.row.id, JobFailure(from: error)))
            }
        }
        return nil
    }
}
