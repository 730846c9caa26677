/// What an upload does where there is an object of its name.
public enum IfExists: String, Hashable, Sendable, Codable {
    /// It takes the object's place.
    case replace
    /// The object stays, and the job is done.
    case skip
    /// The object stays, and the job fails with `already_exists`.
    case error
}
