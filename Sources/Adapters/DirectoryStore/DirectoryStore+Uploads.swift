public import Core

extension DirectoryStore {
    /// Stores what the source gives, 1 MiB at a time; it has reached the disk when this returns. What was broken off begins
    /// anew.
    @discardableResult
    public func put(
        _ key: ObjectKey, from source: any ObjectSource, _ options: PutOptions, _ transfer: TransferOptions
    ) async throws -> ObjectSummary {
        try StoreError.check(key, operation: "PutObject", bucket: bucket)
        let meant = options.sha256 ?? transfer.digests?.sha256
        return try await withTaskExecutorPreference(executor) {
            try Task.checkCancellation()
            do {
                let root = try base.open(operation: "PutObject")
                // Housekeeping: that it failed is no reason for the object not to be stored.
                try? temporaries.removeStaleIfDue(in: root)
                let draft = try temporaries.begin(in: root)
                let digests = meant == nil ? nil : RunningDigests(MultipartPlan(size: 0), withMD5: false)
                for step in SourceSteps(0..<source.size) {
                    let chunk = try await source.chunk(step)
                    digests?.update(chunk)
                    try draft.append(chunk)
                }
                try digests?.endPart()
                if let digests, try digests.end().sha256 != meant { throw StoreError.changedBytes(key, bucket: bucket) }
                return try settle(
                    temporaries.finish(draft), at: key, ifAbsent: options.ifAbsent, in: root, "PutObject")
            } catch let failure as SystemFailure {
                throw failure.storeError(operation: "PutObject", bucket: bucket, key: key)
            }
        }
    }

    /// Copies the file; the copy has reached the disk when this returns.
    @discardableResult
    public func copy(_ key: ObjectKey, to target: ObjectKey, _ options: CopyOptions) async throws -> ObjectSummary {
        try StoreError.check(target, operation: "CopyObject", bucket: bucket)
        return try await perform("CopyObject", key) { root in
            guard let source = try ObjectReader(root: root, key: key).open() else {
                throw StoreError.nothingToCopy(key, bucket: bucket)
            }
            if let etag = options.etag, etag != source.summary.etag { throw StoreError.replaced(key, bucket: bucket) }
            if key == target { return source.summary }
            let draft = try temporaries.begin(in: root)
            try draft.append(contentsOf: source.file)
            return try settle(temporaries.finish(draft), at: target, ifAbsent: options.ifAbsent, in: root, "CopyObject")
        }
    }

    /// None: an upload is there as a whole, or not at all.
    public func pendingUploads(
        prefix: String, after last: PendingUpload?, limit: Int
    ) async throws -> [PendingUpload] { [] }

    /// Does nothing: there are none.
    public func abortUpload(_ id: String, of key: ObjectKey) async throws {}

    private func settle(
        _ file: consuming TemporaryFile, at key: ObjectKey, ifAbsent: Bool, in root: DirectoryHandle,
        _ operation: String
    ) throws -> ObjectSummary {
        let summary = file.status.summary(of: key)
        guard try ObjectWriter(root: root).store(file, at: ObjectPath(key), ifAbsent: ifAbsent) else {
            throw StoreError.alreadyExists(key, operation: operation, bucket: bucket)
        }
        return summary
    }
}
