package import Core

/// What serves objects while their bucket does not.
package struct Fallback: Sendable {
    /// Where this worker keeps copies; nil where it keeps none.
    package var copies: (any LocalCopies)?
    /// What is known of all workers' copies.
    package var records: any CopyStore

    /// Copies, and what is known of them.
    package init(copies: (any LocalCopies)?, records: any CopyStore) {
        self.copies = copies
        self.records = records
    }
}
