import SigV4
import Testing

@testable import S3

@Suite("Credentials from the environment")
struct EnvironmentCredentialsTests {
    @Test(
        "every pair of names works",
        arguments: ["AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "S3_ACCESS_KEY_ID"],
        ["AWS_SECRET_ACCESS_KEY", "S3_SECRET_ACCESS_KEY"])
    func pairs(id: String, secret: String) async throws {
        let chain = try CredentialScene().chain([id: CredentialScene.id, secret: CredentialScene.secret])
        #expect(try await chain.load() == sampleCredentials())
    }

    @Test("the token is the first one that is set, whatever names key and secret have")
    func token() async throws {
        let variables = [
            "S3_ACCESS_KEY_ID": CredentialScene.id, "S3_SECRET_ACCESS_KEY": CredentialScene.secret,
            "AWS_SESSION_TOKEN": "first", "S3_SESSION_TOKEN": "second",
        ]
        let scene = try CredentialScene()
        #expect(try await scene.chain(variables).load() == sampleCredentials(token: "first"))
        let second = variables.merging(["AWS_SESSION_TOKEN": ""]) { $1 }
        #expect(try await scene.chain(second).load() == sampleCredentials(token: "second"))
    }

    @Test("a key without a secret names what is missing", arguments: [nil, ""])
    func noSecret(secret: String?) async throws {
        var variables = ["AWS_ACCESS_KEY": CredentialScene.id]
        variables["AWS_SECRET_ACCESS_KEY"] = secret
        let error = try await CredentialScene().failure(variables)
        #expect(error.code == .incomplete)
        #expect(error.message.hasPrefix("Missing S3 configuration: AWS_SECRET_ACCESS_KEY or S3_SECRET_ACCESS_KEY"))
    }

    @Test("a secret without a key names what is missing")
    func noKey() async throws {
        let error = try await CredentialScene().failure(["S3_SECRET_ACCESS_KEY": CredentialScene.secret])
        #expect(error.code == .incomplete)
        #expect(error.message.hasPrefix("Missing S3 configuration: AWS_ACCESS_KEY_ID or AWS_ACCESS_KEY or S3_ACCESS"))
        #expect(!error.message.contains(CredentialScene.secret))
    }

    @Test("half a key is no reason to take another source's")
    func noFallThrough() async throws {
        let scene = try CredentialScene()
        try scene.writeCredentials("[default]\naws_access_key_id = A\naws_secret_access_key = b\n")
        #expect(try await scene.failure(["AWS_ACCESS_KEY_ID": CredentialScene.id]).code == .incomplete)
    }

    @Test("a key that cannot be one is refused without being shown")
    func malformed() async throws {
        let error = try await CredentialScene().failure([
            "AWS_ACCESS_KEY_ID": "AK/IA", "AWS_SECRET_ACCESS_KEY": CredentialScene.secret,
        ])
        #expect(error.code == .incomplete && error.message.contains("environment"))
        #expect(!error.message.contains("AK/IA") && !error.message.contains(CredentialScene.secret))
    }

    @Test("without any source the message says where was looked and what to set")
    func missing() async throws {
        let scene = try CredentialScene()
        let error = try await scene.failure()
        #expect(error.code == .missing && !error.isRetryable)
        #expect(error.message.hasPrefix("Missing S3 configuration: "))
        for part in [
            "environment", "\(scene.home.path)/.aws/credentials", "container", "instance metadata (disabled)",
            "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE",
        ] {
            #expect(error.message.contains(part))
        }
    }
}
