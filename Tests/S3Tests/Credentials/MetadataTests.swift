import SigV4
import TestSupport
import Testing

@testable import S3

@Suite("Credentials of containers and instances")
struct MetadataTests {
    // MARK: Containers

    @Test("a container's endpoint is asked with its token", arguments: ["variable", "file", "none"])
    func container(token: String) async throws {
        let scene = try CredentialScene()
        let end = try scene.time(in: 3_600)
        let server = try ScriptedServer.answering { request in
            let isFit = token == "none" ? request["authorization"] == nil : request["authorization"] == "Bearer x"
            return isFit && request.target == "/v1?id=2" && request["accept"] == "application/json"
                ? CredentialReply.http(200, CredentialReply.json(end)) : CredentialReply.http(401, "")
        }
        var variables = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.origin + "/v1?id=2"]
        if token != "none" {
            variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = token == "variable" ? "Bearer x" : "wrong"
        }
        if token == "file" {
            variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = try scene.home.write(
                Array("Bearer x\n".utf8), to: "token")
        }
        let expected = try sampleCredentials("ASIAJSON", token: CredentialScene.token, until: scene.clock.now + 3_600)
        #expect(try await scene.chain(variables).load() == expected)
    }

    @Test(
        "a container's URL may be https, this machine, or an address of the platform",
        arguments: [
            "https://example.test/x", "HTTPS://example.test/x", "http://127.0.0.1:80/x", "http://127.9.9.9/x",
            "http://[::1]:8080/x", "http://localhost/x", "http://169.254.170.2/x",
            "http://169.254.170.23/v1/credentials",
            "http://[fd00:ec2::23]/v1", "http://[fd00:ec2:0::23]/v1", "HTTP://127.0.0.1",
        ])
    func trusted(url: String) throws {
        let scene = try CredentialScene()
        let source = ContainerCredentials(
            environment: try scene.environment(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]),
            requester: CredentialRequester(client: scene.client, authorityBundlePath: nil))
        #expect(try source.url() == url)
    }

    @Test(
        "any other host without https is refused before it is asked",
        arguments: [
            "http://example.test/x", "http://169.254.169.254/x", "http://10.0.0.1/x", "http://127.0.0.1.example.test/x",
            "http://127.0.0.1@example.test/x", "http://2130706433/x", "http://0x7f.1/x", "http://[::2]/x", "http://",
            "ftp://127.0.0.1/x", "file:///etc/passwd", "127.0.0.1", "http://localhost.example.test",
        ])
    func untrusted(url: String) async throws {
        let scene = try CredentialScene()
        let error = try await scene.failure(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url])
        #expect(error.code == .incomplete && error.message.contains("AWS_CONTAINER_CREDENTIALS_FULL_URI"))
    }

    @Test("a relative path is asked of the platform's own address, and counts first")
    func relative() async throws {
        let scene = try CredentialScene()
        let requester = CredentialRequester(client: scene.client, authorityBundlePath: nil)
        let variables = [
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/1",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "https://example.test",
        ]
        let source = ContainerCredentials(environment: try scene.environment(variables), requester: requester)
        #expect(try source.url() == "http://169.254.170.2/v2/credentials/1")
        for path in ["@example.test/", "x", ":80/x"] {
            let error = try await scene.failure(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": path])
            #expect(error.code == .incomplete)
        }
    }

    @Test(
        "a container's endpoint that does not work is an error, and the instance is not asked instead",
        arguments: [
            (403, "hunter2", CredentialsError.Code.refused), (404, "", .refused), (500, "hunter2", .sourceFailed),
            (200, "hunter2", .sourceFailed), (200, "{\"AccessKeyId\": \"hunter2\"}", .incomplete),
            (302, "", .sourceFailed),
        ])
    func containerFailures(status: Int, body: String, code: CredentialsError.Code) async throws {
        let server = try ScriptedServer.answering { _ in CredentialReply.http(status, body) }
        let error = try await CredentialScene().failure([
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.origin, "AWS_EC2_METADATA_DISABLED": "",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.origin,
        ])
        #expect(error.code == code && error.message.contains("container"), "\(error)")
        #expect(!error.message.contains("hunter2"))
    }

    @Test("a token with a line break in it, or a file that is not there, are refused")
    func badToken() async throws {
        let scene = try CredentialScene()
        let url = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9"]
        let split = try scene.home.write(Array("hunter2\r\nX: y".utf8), to: "token")
        for path in [split, split + "x"] {
            let error = try await scene.failure(url.merging(["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": path]) { $1 })
            #expect(error.code == .incomplete && !error.message.contains("hunter2"))
        }
    }

    // MARK: Instances

    /// An instance whose metadata service answers by path.
    private func instance(_ answers: [String: String]) throws -> (ScriptedServer, [String: String]) {
        let server = try ScriptedServer.answering { request in
            let isToken = request.target == "/latest/api/token"
            let isFit =
                isToken
                ? request.lines[0].hasPrefix("PUT ") && request["x-aws-ec2-metadata-token-ttl-seconds"] == "21600"
                : request["x-aws-ec2-metadata-token"] == "session=="
            return isFit ? answers[request.target] ?? CredentialReply.http(404, "") : CredentialReply.http(401, "")
        }
        let variables = [
            "AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.origin + "/",
        ]
        return (server, variables)
    }

    private static let roles = "/latest/meta-data/iam/security-credentials/"

    @Test("an instance's role gives credentials, by version 2 of its service")
    func instanceRole() async throws {
        let scene = try CredentialScene()
        let (server, variables) = try instance([
            "/latest/api/token": CredentialReply.http(200, "session=="),
            Self.roles: CredentialReply.http(200, "my-role"),
            Self.roles + "my-role": CredentialReply.http(200, CredentialReply.json(try scene.time(in: 21_600))),
        ])
        let expected = try sampleCredentials("ASIAJSON", token: CredentialScene.token, until: scene.clock.now + 21_600)
        #expect(try await scene.chain(variables).load() == expected)
        withExtendedLifetime(server) {}
    }

    @Test(
        "without the service, a role, or version 2 there are no credentials here",
        arguments: [
            [:], ["/latest/api/token": CredentialReply.http(403, "")],
            ["/latest/api/token": CredentialReply.http(200, "session==")],
            ["/latest/api/token": CredentialReply.http(200, "<html> a portal </html>")],
            ["/latest/api/token": CredentialReply.http(200, "session=="), roles: CredentialReply.http(200, "")],
        ])
    func noInstance(answers: [String: String]) async throws {
        let (server, variables) = try instance(answers)
        #expect(try await CredentialScene().failure(variables).code == .missing)
        withExtendedLifetime(server) {}
    }

    @Test("a service that gave credentials before and is gone is a failure that may pass")
    func goneInstance() async throws {
        let scene = try CredentialScene()
        let (server, variables) = try instance([
            "/latest/api/token": CredentialReply.http(200, "session=="),
            Self.roles: CredentialReply.http(200, "r"),
            Self.roles + "r": CredentialReply.http(200, CredentialReply.json(try scene.time(in: 21_600))),
        ])
        let chain = try scene.chain(variables)
        #expect(try await chain.load().accessKeyID == "ASIAJSON")
        server.stop()
        // Where its connections are not quite closed yet, nobody gets the port anyway.
        let closed = try? ClosedPort(server.port)
        defer { withExtendedLifetime(closed) {} }
        let error = try await credentialsError { _ = try await chain.load() }
        #expect(error.code == .sourceFailed && error.isRetryable)
    }

    @Test("where nobody listens there is no instance")
    func unreachable() async throws {
        let server = try ScriptedServer.answering { _ in "" }
        let variables = ["AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.origin]
        server.stop()
        let closed = try? ClosedPort(server.port)
        defer { withExtendedLifetime(closed) {} }
        #expect(try await CredentialScene().failure(variables).code == .missing)
    }

    @Test(
        "an instance that does not work is an error",
        arguments: [
            ([:], 500, CredentialsError.Code.sourceFailed),
            ([roles: CredentialReply.http(500, "")], 200, .sourceFailed),
            ([roles: CredentialReply.http(200, "../../x")], 200, .sourceFailed),
            ([roles: CredentialReply.http(200, "r")], 200, .sourceFailed),
            (
                [roles: CredentialReply.http(200, "r"), roles + "r": CredentialReply.http(200, "hunter2")], 200,
                .sourceFailed
            ),
            (
                [
                    roles: CredentialReply.http(200, "r"),
                    roles + "r": CredentialReply.http(
                        200, "{\"Code\": \"AssumeRoleUnauthorizedAccess\", \"Message\": \"hunter2\"}"),
                ], 200, .refused
            ),
        ])
    func brokenInstance(answers: [String: String], tokenStatus: Int, code: CredentialsError.Code) async throws {
        var all = answers
        all["/latest/api/token"] = CredentialReply.http(tokenStatus, "session==")
        let (server, variables) = try instance(all)
        let error = try await CredentialScene().failure(variables)
        #expect(error.code == code && !error.message.contains("hunter2"), "\(error)")
        withExtendedLifetime(server) {}
    }

    @Test("AWS_EC2_METADATA_DISABLED keeps it from being asked", arguments: ["true", "TRUE"])
    func disabled(value: String) async throws {
        let (server, variables) = try instance([:])
        let error = try await CredentialScene().failure(variables.merging(["AWS_EC2_METADATA_DISABLED": value]) { $1 })
        #expect(error.code == .missing && server.acceptedConnections == 0)
    }

    @Test(
        "the service's address follows the variables",
        arguments: [
            ([:], "http://169.254.169.254"),
            (["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"], "http://[fd00:ec2::254]"),
            (["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://h/"], "http://h"),
        ])
    func endpoint(variables: [String: String], url: String) throws {
        let scene = try CredentialScene()
        let source = InstanceMetadata(
            environment: try scene.environment(variables),
            requester: CredentialRequester(client: scene.client, authorityBundlePath: nil))
        #expect(source.endpoint == url)
    }
}
