/// How a fetch begins.
public enum FetchStart: Hashable, Sendable {
    /// The bytes at this URL are to be stored.
    case download(UntrustedURL)
    /// They were stored before: the job has ended.
    case ended
}
