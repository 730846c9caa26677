extension ObjectStore {
    /// Stores what a source gives. Throws what the full form throws.
    @discardableResult
    public func put(
        _ key: ObjectKey, from source: any ObjectSource, _ options: PutOptions = PutOptions()
    ) async throws -> ObjectSummary {
        try await put(key, from: source, options, TransferOptions())
    }

    /// Copies an object, replacing what was at its place. Throws what the full form throws.
    @discardableResult
    public func copy(_ key: ObjectKey, to target: ObjectKey) async throws -> ObjectSummary {
        try await copy(key, to: target, CopyOptions())
    }

    /// Aborts the uploads of keys that begin with `prefix` which began before `moment`; gives their number.
    ///
    /// Uploads of other programs are among them: `moment` must be so long ago that nobody is still at work.
    @discardableResult
    public func abortUploads(prefix: String, startedBefore moment: Timestamp) async throws -> Int {
        var count = 0
        var last: PendingUpload?
        while true {
            let page = try await pendingUploads(prefix: prefix, after: last, limit: 1_000)
            guard !page.isEmpty else { return count }
            for upload in page where upload.startedAt < moment {
                try await abortUpload(upload.id, of: upload.key)
                count += 1
            }
            last = page.last
        }
    }

    /// Aborts the uploads of one key that began in a span of time; gives their number.
    @discardableResult
    public func abortUploads(of key: ObjectKey, startedIn span: ClosedRange<Timestamp>) async throws -> Int {
        var count = 0
        var last: PendingUpload?
        while true {
            let page = try await pendingUploads(prefix: key.string, after: last, limit: 100)
            for upload in page where upload.key == key && span.contains(upload.startedAt) {
                try await abortUpload(upload.id, of: key)
                count += 1
            }
            // The key comes before all others that begin with it.
            guard let end = page.last, end.key == key else { return count }
            last = end
        }
    }
}
