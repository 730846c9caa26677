/// A copy that serves nobody any more: its upload has ended.
public struct EndedCopy: Hashable, Sendable {
    /// The upload.
    public var jobID: Int64
    /// Its path where it is kept.
    public var place: String

    /// A copy of an upload.
    public init(jobID: Int64, place: String) {
        self.jobID = jobID
        self.place = place
    }
}
