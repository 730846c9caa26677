/// A profile of the AWS command line: settings by name, merged of both files.
struct Profile: Sendable, ContentHidden {
    let name: String
    var settings: [String: String]

    /// The value of a setting; nil when it is not there or empty.
    subscript(setting: String) -> String? { settings[setting].flatMap { $0.isEmpty ? nil : $0 } }

    /// Whether key id or secret stand in it.
    var hasStaticCredentials: Bool {
        self["aws_access_key_id"] != nil || self["aws_secret_access_key"] != nil
    }

    /// Whether it says anything about credentials.
    var namesCredentials: Bool {
        hasStaticCredentials
            || [
                "role_arn", "source_profile", "web_identity_token_file", "credential_process", "credential_source",
                "sso_session", "sso_start_url",
            ].contains { self[$0] != nil }
    }
}
