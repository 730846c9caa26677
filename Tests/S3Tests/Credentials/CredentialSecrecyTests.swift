import SigV4
import Testing

@testable import S3

@Suite("Secrets of credentials are in no description or dump")
struct CredentialSecrecyTests {
    private static let variables = [
        "AWS_ACCESS_KEY_ID": CredentialScene.id, "AWS_SECRET_ACCESS_KEY": CredentialScene.secret,
        "AWS_SESSION_TOKEN": CredentialScene.token, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Bearer hunter2",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9", "DATABASE_URL": "postgres://u:hunter3@h/d",
    ]
    private static let secrets = [
        CredentialScene.id, CredentialScene.secret, CredentialScene.token, "hunter2", "hunter3", "hunter4",
    ]

    private func check(_ value: Any, _ location: SourceLocation = #_sourceLocation) {
        let text = everythingShown(of: value)
        for secret in Self.secrets { #expect(!text.contains(secret), "\(type(of: value))", sourceLocation: location) }
    }

    @Test("not those of the environment, the chain and its parts")
    func chain() async throws {
        let scene = try CredentialScene()
        try scene.writeCredentials(
            "[default]\naws_access_key_id = \(CredentialScene.id)\naws_secret_access_key = hunter4\n")
        let environment = try scene.environment(Self.variables)
        let chain = try scene.chain(Self.variables)
        let provider = CachedCredentialsProvider(chain, now: scene.now)
        let credentials = try await provider.credentials()
        #expect(credentials.areTemporary)
        check(environment)
        check(chain)
        check(provider)
        check(credentials)
        check(EnvironmentCredentials(environment: environment))
        let requester = CredentialRequester(client: scene.client, authorityBundlePath: nil)
        check(ContainerCredentials(environment: environment, requester: requester))
        check(InstanceMetadata(environment: environment, requester: requester))
        let files = ProfileFiles(environment)
        check(try files.profiles())
        check(files)
        check(
            CredentialProcess(command: "/p --token hunter4", origin: "the profile", variables: environment.variables))
    }

    @Test("not those of what services and files gave")
    func documents() throws {
        let json = Array(CredentialReply.json("2030-01-01T00:00:00Z", id: CredentialScene.id).utf8)
        let document = try CredentialDocument(json, source: "it")
        check(document)
        check(try document.credentials(source: "it", remedy: "no"))
        check(
            SimpleXML(Array(CredentialReply.xml("AssumeRole", "2030-01-01T00:00:00Z", id: CredentialScene.id).utf8))
                as Any)
        check(try ProfileSyntax(Array("[p]\naws_secret_access_key = hunter4\n".utf8), path: "/f"))
        var memory = CredentialsMemory()
        _ = memory.ask(at: 1)
        _ = memory.loaded(try sampleCredentials(token: CredentialScene.token), .constant, at: 1)
        check(memory)
        check(memory.ask(at: 1))
        check(CredentialsError(.refused, "no"))
    }
}
