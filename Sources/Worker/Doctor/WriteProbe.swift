package import Core

/// Finds out whether credentials may write that are meant for reading, and leaves nothing behind.
package struct WriteProbe: Sendable {
    private let suspect: any ObjectStore
    private let owner: any ObjectStore
    private let key: ObjectKey

    /// The same bucket with the credentials in question, and with others that may delete in it.
    package init(_ suspect: any ObjectStore, owner: any ObjectStore, prefix: String, name: String) {
        self.suspect = suspect
        self.owner = owner
        key = ObjectKey("\(prefix).s3cache-doctor-\(name)")
    }

    /// Whether they may store or delete an object. Throws `StoreError` where that cannot be found out.
    ///
    /// What they stored is deleted in a task of its own, so that an interrupt does not leave it behind.
    package func mayWrite() async throws -> Bool {
        do {
            try await suspect.delete(key)
            return true
        } catch let error as StoreError where error.code == .accessDenied {}
        try Task.checkCancellation()
        var result: Result<Bool, any Error>
        do {
            try await suspect.put(key, Array("x".utf8), PutOptions(contentType: "text/plain"))
            result = .success(true)
        } catch let error as StoreError where error.code == .accessDenied {
            return false
        } catch {
            result = .failure(error)
        }
        let (owner, key) = (owner, key)
        let deletion = Task.detached { try await owner.delete(key) }
        try await deletion.value
        return try result.get()
    }
}
