/// A role to take on, and what is said about the session.
struct RoleRequest: Sendable {
    /// The role's ARN.
    var role: String
    /// What logs call the session; nil: a name of ours.
    var sessionName: String?
    /// What the role's owner demands of third parties.
    var externalID: String?
    /// How long the session is to live, in seconds; nil: as the service likes.
    var duration: Int?
    /// Where the role was read from, for messages: `the profile "prod"`.
    var origin: String
}
