package import Core

/// Finds out whether a bucket can be listed, written, read and deleted in, and leaves nothing behind.
///
/// Each step reports what it found; a later one is skipped where an earlier one makes it pointless. What was written is
/// deleted whatever happens in between, cancellation included.
package struct BucketProbe: Sendable {
    private let store: any ObjectStore
    private let prefix: String
    private let name: String
    private let writes: Bool

    /// A probe of the part of a bucket below a prefix. `name` tells its object apart from every other one's. Unless it `writes`,
    /// it only lists.
    package init(_ store: any ObjectStore, prefix: String, name: String, writes: Bool = true) {
        self.store = store
        self.prefix = prefix
        self.name = name
        self.writes = writes
    }

    /// What is written.
    package static let contents = Array("A probe of s3cache doctor; it may be deleted.\n".utf8)

    /// When to look again for a write that was broken off: after so long, each time.
    private static let looks: [Duration] = [200, 400, 800, 1_600].map { .milliseconds($0) }

    private var key: ObjectKey { ObjectKey("\(prefix).s3cache-doctor-\(name)") }

    /// Runs all steps; throws only `CancellationError`, and not that where the object may have stayed behind. `whileStored` is
    /// called with the object's key while it is there and can be read.
    package func run(whileStored: (ObjectKey) async -> Void = { _ in }) async throws -> [Finding] {
        var findings = [await check("list") { _ = try await store.list(ListingRequest(prefix: prefix, limit: 1)) }]
        try Task.checkCancellation()
        guard findings[0].problem?.concernsWholeBucket != true else { return findings }
        guard writes else { return findings + [Finding(step: "write", problem: nil, isSkipped: true)] }
        // Whoever may write and not delete would leave an object behind: nothing is written then.
        let mayDelete = await check("delete") { try await store.delete(key) }
        try Task.checkCancellation()
        guard mayDelete.problem == nil else {
            return findings + [Finding(step: "write", problem: nil, isSkipped: true), mayDelete]
        }
        // An upload that failed may have stored the object all the same.
        let written = await check("write") {
            try await store.put(key, Self.contents, PutOptions(contentType: "text/plain"))
        }
        findings.append(written)
        if written.problem == nil {
            let read = await check("read") { try await readBack() }
            findings.append(read)
            if read.problem == nil, !Task.isCancelled { await whileStored(key) }
        }
        let deleted = await deleted(after: written)
        findings.append(deleted)
        if deleted.problem == nil { try Task.checkCancellation() }
        return findings
    }

    private func readBack() async throws {
        let bytes = try await store.get(key, limit: Self.contents.count)
        guard bytes == Self.contents else {
            throw StoreError(
                .checksumMismatch,
                "What was written to \(store.bucket) was not read back\(bytes == nil ? ": it is not there" : " as it was"); "
                    + "look for a proxy in between, or a rule of the bucket that moves or changes objects.",
                operation: "GetObject", bucket: store.bucket, key: key)
        }
    }

    /// Deletes the object in a task of its own, so that an interrupt does not leave it behind.
    private func deleted(after written: Finding) async -> Finding {
        let store = store
        let key = key
        let mayComeLate = written.problem != nil && written.mayHaveStored
        let deletion = Task.detached {
            try await store.delete(key)
            // A write that was broken off may still be on its way, and land after its deletion.
            for pause in mayComeLate ? Self.looks : [] {
                try await Task.sleep(for: pause)
                if try await store.head(key) != nil { try await store.delete(key) }
            }
        }
        let finding = await check("delete") { try await deletion.value }
        guard written.mayHaveStored, let problem = finding.problem else {
            // What could not be written need not be deleted either; whether it could have been is not known then.
            return Finding(step: "delete", problem: nil, isSkipped: written.problem != nil)
        }
        var told = problem
        told.message += " The probe \(key.quoted) may have stayed behind: delete it."
        return Finding(step: finding.step, problem: told, isSkipped: false)
    }

    private func check(_ step: String, _ body: () async throws -> Void) async -> Finding {
        do {
            try await body()
            return Finding(step: step, problem: nil, isSkipped: false)
        } catch let error as StoreError {
            return Finding(step: step, problem: error, isSkipped: false)
        } catch {
            let problem = StoreError(.inputOutput, "\(error)", operation: step, bucket: store.bucket)
            return Finding(step: step, problem: problem, isSkipped: false)
        }
    }

    /// What one step found.
    package struct Finding: Sendable {
        /// `list`, `write`, `read` or `delete`.
        package var step: String
        /// Why it failed; nil if it did not.
        package var problem: StoreError?
        /// Whether it was not taken: an earlier step's failure says it all, or nothing is to be written.
        package var isSkipped: Bool

        /// Of a writing step: whether the object may be there, because it succeeded or nobody said that it did not.
        fileprivate var mayHaveStored: Bool {
            switch problem?.code {
            case nil, .unavailable, .inputOutput, .malformedResponse, .checksumMismatch: true
            default: false
            }
        }
    }
}
