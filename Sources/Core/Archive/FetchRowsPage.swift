/// Some rows whose files are fetched.
public struct FetchRowsPage: Hashable, Sendable {
    /// The last of them.
    public var last: String
    /// What was done for them.
    public var result: FetchRowsResult

    /// Some rows.
    public init(last: String, result: FetchRowsResult) {
        self.last = last
        self.result = result
    }
}
