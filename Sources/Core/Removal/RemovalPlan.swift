/// What a job that removes local files is to do.
public struct RemovalPlan: Hashable, Sendable {
    /// Rows to look at: all for their files, those with a URL once more for their objects.
    public var total: Int
    /// The directory with files named by their MD5.
    public var root: String?

    /// A plan.
    public init(total: Int, root: String?) {
        self.total = total
        self.root = root
    }
}
