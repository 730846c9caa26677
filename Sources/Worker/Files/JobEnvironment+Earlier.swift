import Core

extension JobEnvironment {
    /// What is known of a job's attempts to store a file, the present one included.
    func earlierAttempts(at job: Job, toStore filename: ObjectKey) -> EarlierAttempts {
        EarlierAttempts(mayHaveStored: job.arguments.firstBegun != nil) { [contents] etag in
            try await contents.ageOfFirstAttempt(at: job, toStore: filename, etag: etag)
        }
    }
}
