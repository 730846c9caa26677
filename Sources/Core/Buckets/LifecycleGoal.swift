/// What a bucket's lifecycle is to do.
public enum LifecycleGoal: Hashable, Sendable {
    /// Objects whose key begins with `prefix` move to a storage class after so many days.
    case archive(prefix: String, days: Int, storageClass: String)
    /// Uploads in parts that were neither completed nor aborted are aborted after so many days.
    case abortUploads(days: Int)

    /// The keys that it is about.
    public var prefix: String {
        switch self {
        case .archive(let prefix, _, _): prefix
        case .abortUploads: ""
        }
    }

    /// What its rule is called.
    var ruleName: String {
        switch self {
        case .archive: "s3cache-archive"
        case .abortUploads: "s3cache-abort-uploads"
        }
    }

    var days: Int {
        switch self {
        case .archive(_, let days, _), .abortUploads(let days): days
        }
    }

    /// The element that does it.
    var action: ConfigurationElement {
        switch self {
        case .archive(_, let days, let storageClass):
            ConfigurationElement(
                "Transition",
                [ConfigurationElement("Days", "\(days)"), ConfigurationElement("StorageClass", storageClass)])
        case .abortUploads(let days):
            ConfigurationElement(
                "AbortIncompleteMultipartUpload", [ConfigurationElement("DaysAfterInitiation", "\(days)")])
        }
    }

    /// After how many days this element does it; nil where it does something else.
    func days(of action: ConfigurationElement) -> Int? {
        guard action.name == self.action.name else { return nil }
        switch self {
        case .archive(_, _, let storageClass):
            guard action.child("StorageClass")?.text == storageClass else { return nil }
            return action.child("Days").flatMap { Int($0.text) }
        case .abortUploads:
            return action.child("DaysAfterInitiation").flatMap { Int($0.text) }
        }
    }
}
