import Foundation
import SigV4
import Testing

@testable import S3

@Suite("Profiles")
struct ProfileTests {
    private static let keys = "aws_access_key_id = AKIAONE\naws_secret_access_key = s1\n"
    private static let otherKeys = "aws_access_key_id = AKIATWO\naws_secret_access_key = s2\n"

    @Test("the default profile is used when nothing else is said")
    func defaultProfile() async throws {
        let scene = try CredentialScene()
        try scene.writeCredentials("[default]\n\(Self.keys)")
        #expect(try await scene.chain().load() == sampleCredentials("AKIAONE", "s1"))
    }

    @Test("a profile of the config file is found by its name", arguments: ["one", "two words"])
    func config(name: String) async throws {
        let scene = try CredentialScene()
        try scene.writeConfig("[default]\n\(Self.otherKeys)[profile \"\(name)\"]\n\(Self.keys)aws_session_token = t\n")
        #expect(try await scene.chain(["AWS_PROFILE": name]).load() == sampleCredentials("AKIAONE", "s1", token: "t"))
        #expect(try await scene.chain(profile: name).load() == sampleCredentials("AKIAONE", "s1", token: "t"))
    }

    @Test("both files are merged, and the credentials file counts where they differ")
    func merged() async throws {
        let scene = try CredentialScene()
        try scene.writeConfig("[profile p]\n\(Self.otherKeys)region = eu-west-3\n")
        try scene.writeCredentials("[p]\n\(Self.keys)")
        let chain = try scene.chain(profile: "p")
        #expect(try await chain.load() == sampleCredentials("AKIAONE", "s1"))
        #expect(try chain.profileRegion() == "eu-west-3")
        #expect(try scene.chain().profileRegion() == nil)
    }

    @Test("variables say where the files are")
    func places() async throws {
        let scene = try CredentialScene()
        try scene.home.write(Array("[default]\n\(Self.keys)".utf8), to: "elsewhere")
        try scene.home.write(Array("[default]\nregion = eu-north-1\n".utf8), to: "settings")
        let chain = try scene.chain([
            "AWS_SHARED_CREDENTIALS_FILE": scene.home.path(of: "elsewhere"), "AWS_CONFIG_FILE": "~/settings",
        ])
        #expect(try await chain.load() == sampleCredentials("AKIAONE", "s1"))
        #expect(try chain.profileRegion() == "eu-north-1")
    }

    @Test("the environment's key counts before AWS_PROFILE, but not before a profile that is asked for")
    func explicit() async throws {
        let scene = try CredentialScene()
        try scene.writeCredentials("[p]\n\(Self.keys)")
        let variables = [
            "AWS_ACCESS_KEY_ID": CredentialScene.id, "AWS_SECRET_ACCESS_KEY": CredentialScene.secret,
            "AWS_PROFILE": "p",
        ]
        #expect(try await scene.chain(variables).load() == sampleCredentials())
        #expect(try await scene.chain(variables, profile: "p").load() == sampleCredentials("AKIAONE", "s1"))
    }

    @Test("a profile that is in no file is an error with a hint", arguments: [true, false])
    func noSuchProfile(isVariable: Bool) async throws {
        let scene = try CredentialScene()
        try scene.writeCredentials("[default]\n\(Self.keys)")
        let error = try await scene.failure(
            isVariable ? ["AWS_PROFILE": "gone"] : [:], profile: isVariable ? nil : "gone")
        #expect(error.code == .noSuchProfile)
        #expect(error.message.contains("\"gone\"") && error.message.contains("aws configure --profile"))
        #expect(error.message.contains("\(scene.home.path)/.aws/config"))
        #expect(!error.message.contains("s1") && !error.message.contains("AKIAONE"))
    }

    @Test("a default profile without credentials is passed over, one that is asked for is not")
    func onlyRegion() async throws {
        let scene = try CredentialScene()
        try scene.writeConfig("[default]\nregion = eu-west-1\n[profile p]\nregion = eu-west-1\n")
        #expect(try await scene.failure().code == .missing)
        #expect(try await scene.failure(profile: "p").code == .incomplete)
        #expect(try await scene.failure(profile: "default").code == .incomplete)
    }

    @Test(
        "broken profiles say what to correct, and nothing else is asked instead",
        arguments: [
            ("aws_access_key_id = AKIAONE", "aws_secret_access_key"),
            ("aws_secret_access_key = hunter2", "aws_access_key_id"),
            ("role_arn = arn:aws:iam::1:role/r", "neither source_profile nor credential_source"),
            ("role_arn = a\nsource_profile = x\ncredential_source = Environment", "both"),
            ("role_arn = a\nsource_profile = x\nmfa_serial = m", "mfa_serial"),
            ("role_arn = a\nsource_profile = x", "\"x\""),
            ("role_arn = a\ncredential_source = Magic", "Ec2InstanceMetadata"),
            ("role_arn = a\ncredential_source = Environment", "has no credentials"),
            ("role_arn = a\nsource_profile = k\nduration_seconds = 1", "duration_seconds"),
            ("web_identity_token_file = /nowhere/token", "role_arn"),
            ("web_identity_token_file = /nowhere/token\nrole_arn = a", "/nowhere/token"),
            ("sso_session = hunter2", "export-credentials"), ("source_profile = k", "role_arn"),
            ("aws_access_key_id = AK IA\naws_secret_access_key = hunter2", "access key id"),
            ("credential_process = 'open", "quotes"), ("junk", "line 2"),
        ])
    func broken(settings: String, part: String) async throws {
        let scene = try CredentialScene()
        try scene.writeCredentials("[default]\n\(settings)\n[k]\n\(Self.keys)")
        for profile in [nil, "default"] {
            let error = try await scene.failure(profile: profile)
            #expect(error.message.contains(part), "\(error)")
            #expect([.incomplete, .noSuchProfile, .missing].contains(error.code))
            #expect(!error.isRetryable && !error.message.contains("hunter2") && !error.message.contains("AK IA"))
        }
    }

    @Test(
        "circles of source_profile are found",
        arguments: [
            "[profile a]\nrole_arn = r\nsource_profile = a\n",
            "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = a\n",
            "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = c\n"
                + "[profile c]\nrole_arn = r\nsource_profile = b\n",
        ])
    func circles(config: String) async throws {
        let scene = try CredentialScene()
        try scene.writeConfig(config)
        let error = try await scene.failure(profile: "a")
        #expect(error.code == .incomplete && error.message.contains("circle"))
    }

    @Test("a corrected file takes effect without a restart, however it is replaced", arguments: [true, false])
    func reread(isAtomic: Bool) async throws {
        let scene = try CredentialScene()
        try scene.writeCredentials("[default]\naws_access_key_id = AKIAONE\n")
        let chain = try scene.chain()
        let provider = CachedCredentialsProvider(chain, now: scene.now)
        #expect(try await credentialsError { _ = try await provider.credentials() }.code == .incomplete)
        for (id, secret) in [("AKIAONE", "s1"), ("AKIATHREE", "s3")] {
            let text = "[default]\naws_access_key_id = \(id)\naws_secret_access_key = \(secret)\n"
            let url = URL(fileURLWithPath: scene.home.path(of: ".aws/credentials"))
            try Data(text.utf8).write(to: url, options: isAtomic ? .atomic : [])
            scene.clock.advance(by: 1)
            #expect(try await provider.credentials() == sampleCredentials(id, secret))
        }
        try FileManager.default.removeItem(atPath: scene.home.path(of: ".aws/credentials"))
        scene.clock.advance(by: 1)
        #expect(try await credentialsError { _ = try await provider.credentials() }.code == .missing)
    }

    @Test("files that cannot be read or are too large are errors that name them")
    func unreadable() async throws {
        let scene = try CredentialScene()
        let large = try scene.home.write([UInt8](repeating: 0x23, count: (1 << 20) + 1), to: "large")
        let exact = try scene.home.write(
            Array("[default]\n\(Self.keys)#".utf8) + [UInt8](repeating: 0x23, count: 1 << 19), to: "exact")
        for path in [large, scene.home.path] {
            let error = try await scene.failure(["AWS_SHARED_CREDENTIALS_FILE": path])
            #expect(error.code == .incomplete && error.message.contains(path))
        }
        #expect(
            try await scene.chain(["AWS_SHARED_CREDENTIALS_FILE": exact]).load() == sampleCredentials("AKIAONE", "s1"))
        #expect(try await scene.failure(["AWS_SHARED_CREDENTIALS_FILE": "/dev/null"]).code == .missing)
    }

    @Test("without a home directory there are no files, and a named profile says so")
    func homeless() async throws {
        let scene = try CredentialScene()
        let error = try await scene.failure(["HOME": ""], profile: "p")
        #expect(error.code == .noSuchProfile && error.message.contains("HOME"))
    }
}
