/// What a job that verified a binding says in `s3cache.jobs.result`.
public struct BindingVerifyResult: Hashable, Sendable, Codable {
    /// Rows whose object was asked for.
    public var checked = 0
    /// Objects that exist.
    public var present = 0
    /// Objects that do not: the bucket said so.
    public var missing = 0
    /// Rows of which nobody knows: HEAD failed otherwise, or the row's URL is none of the cache's.
    public var errors = 0
    /// Rows whose file was looked for; nil where none was to be.
    public var localChecked: Int?
    /// Files that are there.
    public var localPresent: Int?
    /// Files that are not.
    public var localMissing: Int?
    /// What is wrong, of the first rows.
    public var problems: [BindingProblem] = []

    /// All zero.
    public init(looksForFiles: Bool) {
        guard looksForFiles else { return }
        localChecked = 0
        localPresent = 0
        localMissing = 0
    }

    /// Counts a row whose object was asked for; nil: it is there.
    public mutating func count(object problem: BindingProblem?) {
        checked += 1
        guard let problem else {
            present += 1
            return
        }
        if problem.kind == .objectMissing { missing += 1 } else { errors += 1 }
        note(problem)
    }

    /// Counts a row whose file was looked for; nil: it is there.
    public mutating func count(file problem: BindingProblem?) {
        localChecked = (localChecked ?? 0) + 1
        localPresent = (localPresent ?? 0) + (problem == nil ? 1 : 0)
        localMissing = (localMissing ?? 0) + (problem == nil ? 0 : 1)
        if let problem { note(problem) }
    }

    private mutating func note(_ problem: BindingProblem) {
        if problems.count < Self.problemsShown { problems.append(problem) }
    }

    private static let problemsShown = 100

    private enum CodingKeys: String, CodingKey {
        case checked, present, missing, errors, problems
        case localChecked = "local_checked"
        case localPresent = "local_present"
        case localMissing = "local_missing"
    }
}
