import Core

/// Deletes copies of objects that their bucket has taken, or whose uploads were given up.
package struct EndedCopies: Sendable {
    private let fallback: Fallback
    private let age: Duration
    private let observe: Observe

    /// Those of a worker; nil if it keeps none. They are deleted once their upload has ended `settings.copyKept` ago: pages may
    /// have their URLs.
    package init?(_ environment: JobEnvironment) {
        guard let fallback = environment.fallback, fallback.copies != nil else { return nil }
        self.fallback = fallback
        age = environment.settings.copyKept
        observe = environment.observe
    }

    /// Deletes all that are here, looking at `batch` at a time; what cannot be deleted is tried again later.
    package func remove(batch: Int) async throws {
        guard let copies = fallback.copies else { return }
        var last: Int64 = 0
        while true {
            let ended = try await fallback.records.ended(for: age, after: last, limit: batch)
            for copy in ended {
                do {
                    if try await copies.remove(copy.place) { try await fallback.records.forget(copy) }
                } catch let error as StoreError {
                    observe(.copyNotRemoved(copy, JobFailure(error)))
                }
                last = copy.jobID
            }
            if ended.count < batch { return }
        }
    }
}
