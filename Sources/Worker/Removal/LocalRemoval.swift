import Core
internal import Synchronization

/// Decides which local files of rows with objects go, and removes them.
final class LocalRemoval: Sendable {
    private let environment: JobEnvironment
    private let job: Job
    private let root: String?
    private let configuration: CacheConfiguration
    private let store: any ObjectStore
    private let claims: Mutex<FileClaims>
    /// How many files may still be compared; nil for no limit.
    private let remaining: Mutex<Int?>
    /// Whether nothing is removed.
    let isDryRun: Bool

    init(
        environment: JobEnvironment, job: Job, root: String?, configuration: CacheConfiguration,
        store: any ObjectStore, claims: FileClaims
    ) {
        self.environment = environment
        self.job = job
        self.root = root
        self.configuration = configuration
        self.store = store
        self.claims = Mutex(claims)
        remaining = Mutex(job.arguments.fileLimit)
        isDryRun = environment.settings.isDryRun || job.arguments.isDryRun != false
    }

    /// Whether no more files are to be compared.
    var hasReachedLimit: Bool { remaining.withLock { $0 == 0 } }

    /// Rows that waited for others, whose files stay.
    var waiting: Int { claims.withLock { $0.waiting } }

    /// What became of rows, in no order; those that are beyond the limit are left out. Throws what concerns the whole bucket.
    func decide(_ rows: [BoundRow]) async throws -> [RemovalOutcome] {
        let refusals = Mutex<[Int: StoreError]>([:])
        var finder = FileFinder(files: environment.files, limit: environment.settings.verifyConcurrency)
        finder.onRefusal = { index, error in refusals.withLock { $0[index] = $0[index] ?? error } }
        let decided = try await finder.find(rows.map { FileSearch($0.file, root: root) }) {
            [self] index, path, file -> RemovalOutcome? in
            let outcome = try await decide(rows[index], path, file)
            if let outcome { environment.observe(.localFileDecided(job, rows[index], outcome)) }
            return outcome
        }
        return rows.indices.compactMap { index -> RemovalOutcome? in
            // What was found and not decided is beyond the limit.
            if let outcome = decided[index] { return outcome }
            guard let error = refusals.withLock({ $0[index] }) else { return .absent }
            let outcome = RemovalOutcome.failed(BindingProblem(rows[index], at: nil, JobFailure(error)))
            environment.observe(.localFileDecided(job, rows[index], outcome))
            return outcome
        }
    }

    /// Nil beyond the limit.
    private func decide(_ row: BoundRow, _ path: String, _ file: any LocalFile) async throws -> RemovalOutcome? {
        guard let filename = row.filename else { return .failed(BindingProblem(unaddressed: row)) }
        if claims.withLock({ $0.isKept(file.identity) }) { return .kept(path: path) }
        guard take() else { return nil }
        do {
            if let problem = try await problem(row, filename, path, file) {
                claims.withLock { $0.refute(file.identity) }
                return .failed(problem)
            }
            switch claims.withLock({ $0.prove(file.identity) }) {
            case .keep: return .kept(path: path)
            case .wait: return .waiting
            case .remove: break
            }
            try Task.checkCancellation()
            let bytes = try await environment.files.remove(file, at: path, isDryRun: isDryRun)
            claims.withLock { $0.remove(file.identity) }
            return .removed(path: path, bytes: bytes)
        } catch let error where error is StoreError || error is JobFailure {
            if let error = error as? StoreError, error.concernsWholeBucket { throw error }
            claims.withLock { $0.refute(file.identity) }
            return .failed(BindingProblem(row, at: path, JobFailure(from: error)))
        }
    }

    private func take() -> Bool {
        remaining.withLock { left in
            guard let count = left else { return true }
            left = max(0, count - 1)
            return count > 0
        }
    }

    /// Why the file is not proved to be in the bucket; nil if it is. Throws what is wrong with the file, and what concerns the whole
    /// bucket.
    private func problem(
        _ row: BoundRow, _ filename: ObjectKey, _ path: String, _ file: any LocalFile
    ) async throws -> BindingProblem? {
        let expected = row.file.md5.flatMap { $0.isEmpty ? nil : $0.lowercased() }
        let digests = try await environment.hasher.digests(
            of: file, MultipartPlan(size: file.size, atLeast: max(1, file.size)), withMD5: expected != nil)
        if let expected, digests.md5?.hexadecimal != expected {
            return BindingProblem(
                row,
                different:
                    "The file \(ObjectKey(path).quoted) has not the MD5 that its row says: it stays; compare them.")
        }
        let key = configuration.key(of: filename)
        do {
            guard let object = try await object(key) else { return BindingProblem(row, missing: key) }
            guard object.size == file.size, object.sha256 == digests.sha256 else {
                return BindingProblem(
                    row,
                    different:
                        "The object \(key.quoted) has other bytes than the file \(ObjectKey(path).quoted): it stays; "
                        + "archive the row again, or correct it.")
            }
            return nil
        } catch let error as StoreError where !error.concernsWholeBucket {
            return BindingProblem(row, error)
        }
    }

    /// What the bucket has, read to its end; nil if it has none. A connection that breaks has a second chance.
    private func object(_ key: ObjectKey) async throws -> (size: Int64, sha256: [UInt8])? {
        do {
            return try await readObject(key)
        } catch let error as StoreError where error.isRetryable && !error.concernsWholeBucket {
            return try await readObject(key)
        }
    }

    private func readObject(_ key: ObjectKey) async throws -> (size: Int64, sha256: [UInt8])? {
        guard let object = try await store.open(key) else { return nil }
        return (object.summary.size, try await environment.hasher.sha256(of: object))
    }
}
