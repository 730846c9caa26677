internal import Commands
internal import Synchronization

/// The files of the AWS command line, read again when they have changed.
///
/// `config` has sections `[default]` and `[profile x]`, `credentials` `[default]` and `[x]`; what both say of a profile is
/// merged, and where they differ `credentials` counts. A file that is not there has no profiles.
///
/// Source: "Configuration and credential file settings in the AWS CLI", AWS CLI User Guide.
final class ProfileFiles: Sendable {
    /// How large a file may be, in bytes.
    static let sizeLimit = 1 << 20

    /// Nil where neither a variable nor a home directory says where it is.
    let configPath: String?
    /// Nil where neither a variable nor a home directory says where it is.
    let credentialsPath: String?
    private let kept = Mutex<Kept?>(nil)

    private struct Kept {
        let revision: SourceRevision
        let profiles: [String: Profile]
    }

    init(_ environment: S3Environment) {
        let home = environment["HOME"]
        func path(_ variable: String, _ usual: String) -> String? {
            guard let path = environment[variable] else { return home.map { $0 + usual } }
            guard let home, path == "~" || path.hasPrefix("~/") else { return path }
            return home + path.dropFirst()
        }
        configPath = path("AWS_CONFIG_FILE", "/.aws/config")
        credentialsPath = path("AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials")
    }

    /// The files as they are now.
    var revision: SourceRevision {
        SourceRevision(stamps: [configPath, credentialsPath].map { $0.flatMap(FileStamp.init(path:)) })
    }

    /// Where the profiles are looked for: for messages.
    var places: String {
        let paths = [credentialsPath, configPath].compactMap { $0 }
        return paths.isEmpty ? "no file (HOME is not set)" : paths.joined(separator: " and ")
    }

    /// All profiles by their names, as the files say now. Throws `CredentialsError` when a file is not what it should be.
    func profiles() throws(CredentialsError) -> [String: Profile] {
        var revision = revision
        if let kept = kept.withLock({ $0 }), kept.revision == revision { return kept.profiles }
        var profiles = try readProfiles()
        // Someone may be writing at the moment: what was read must be one state of the files.
        for _ in 0..<3 where self.revision != revision {
            revision = self.revision
            profiles = try readProfiles()
        }
        let result = Kept(revision: revision, profiles: profiles)
        kept.withLock { $0 = result }
        return profiles
    }

    private func readProfiles() throws(CredentialsError) -> [String: Profile] {
        var profiles: [String: Profile] = [:]
        func merge(_ path: String?, _ profileName: (String) -> String?) throws(CredentialsError) {
            guard let path, let bytes = try SmallFile.read(path, limit: Self.sizeLimit) else { return }
            for section in try ProfileSyntax(bytes, path: path).sections {
                guard let name = profileName(section.name) else { continue }
                profiles[name, default: Profile(name: name, settings: [:])].settings
                    .merge(section.settings) { $1 }
            }
        }
        try merge(configPath, Self.profileName(ofConfigSection:))
        try merge(credentialsPath) { $0.trimmingASCIISpace() }
        return profiles
    }

    /// `default` of `default`, `x y` of `profile "x y"`, nil of a section that is no profile.
    private static func profileName(ofConfigSection section: String) -> String? {
        guard let words = ShellWords.split(section) else { return nil }
        if words == ["default"] { return "default" }
        return words.count == 2 && words.first == "profile" ? words.last : nil
    }
}
