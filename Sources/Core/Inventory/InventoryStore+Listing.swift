extension InventoryStore {
    /// A page of what is staged, as a listing of the cache's bucket gives it: whole keys, in byte order. `prefix` is the
    /// cache's; only what was to be listed was staged, so that the request's own prefix selects nothing more.
    ///
    /// Throws `malformedListing` for a continuation token, which no page gives, and for a limit below 1; besides what
    /// `staged` throws.
    public func list(_ request: ListingRequest, for job: Job, prefix: String) async throws -> ListingPage {
        var after: ObjectKey?
        var isContinued = false
        switch request.position {
        case .start: break
        case .after(let key):
            if key.hasPrefix(prefix) {
                after = key.dropping(prefixOfLength: prefix.utf8.count)
            } else if key > ObjectKey(prefix) {
                return ListingPage(objects: [])
            }
        case .continuation: isContinued = true
        }
        guard request.limit > 0, !isContinued else {
            throw StoreError(
                .malformedListing, "An inventory is read in pages of one key at least, each after a key.",
                operation: "ListObjectsV2", bucket: "")
        }
        let objects = try await staged(for: job, prefix: prefix, after: after, limit: request.limit)
        let next = objects.count == request.limit ? objects.last.map { ListingPosition.after($0.key) } : nil
        return ListingPage(objects: objects, next: next)
    }
}
