package import Core

/// Stores the bytes that the database holds for the job. The row appears, and the bytes go, only once the store has them.
///
/// Few bytes are read once and held; many are read piece by piece, as often as they are needed: to inspect, hash and send them.
package struct UploadHandler: JobHandler {
    /// So many are held at most.
    private static let heldSize: Int64 = 4 << 20

    private let environment: JobEnvironment

    /// A handler for upload jobs.
    package init(_ environment: JobEnvironment) { self.environment = environment }

    package func run(_ job: Job) async throws {
        let file = try await environment.openFile(job)
        guard let size = job.arguments.size else { throw environment.invalidArguments(of: job, "has no size") }
        let isHeld = size <= Self.heldSize
        let footprint = isHeld ? MemoryFootprint.held(size) : MemoryFootprint.streamed(size)
        try await environment.holding(footprint, for: job) {
            guard isHeld else {
                let source = StagedSource(contents: environment.contents, job: job, size: size)
                return try await upload(job, Upload(environment, job, file, of: source))
            }
            let source = BytesSource(try await environment.contents.stagedBytes(of: job))
            var held = Upload(environment, job, file, of: source)
            held.digests = try await environment.hasher.digests(
                of: source, TransferOptions().plan(for: source.size), withMD5: true)
            try await upload(job, held)
        }
    }

    private func upload(_ job: Job, _ upload: Upload) async throws {
        var upload = upload
        if let digits = job.arguments.sha256 {
            guard let digest = [UInt8](hexadecimal: digits) else {
                throw environment.invalidArguments(of: job, "has a malformed checksum")
            }
            upload.sha256 = digest
        }
        upload.md5 = job.arguments.md5
        try await upload.run()
    }
}
