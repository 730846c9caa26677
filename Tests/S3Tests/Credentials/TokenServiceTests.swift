import SigV4
import Synchronization
import TestSupport
import Testing

@testable import S3

@Suite("Roles from the token service")
struct TokenServiceTests {
    /// A token service that keeps what it was asked.
    private final class Service: Sendable {
        let server: ScriptedServer
        let requests: Requests

        final class Requests: Sendable {
            private let kept = Mutex<[ServedRequest]>([])
            func append(_ request: ServedRequest) -> Int {
                kept.withLock { kept in
                    kept.append(request)
                    return kept.count
                }
            }
            var all: [ServedRequest] { kept.withLock { $0 } }
        }

        init(_ answer: @escaping @Sendable (ServedRequest, Int) -> String) throws {
            let requests = Requests()
            self.requests = requests
            server = try ScriptedServer.answering { answer($0, requests.append($0)) }
        }

        func body(_ index: Int) -> String { String(decoding: requests.all[index].body, as: UTF8.self) }
    }

    private static let roles = """
        [profile base]
        aws_access_key_id = AKIABASE
        aws_secret_access_key = basesecret
        [profile role]
        role_arn = arn:aws:iam::123456789012:role/one+two
        source_profile = base
        region = eu-west-3
        external_id = a&b=c
        role_session_name = me@x
        duration_seconds = 900
        [profile second]
        role_arn = arn:aws:iam::123456789012:role/second
        source_profile = role
        [profile self]
        aws_access_key_id = AKIASELF
        aws_secret_access_key = selfsecret
        role_arn = arn:aws:iam::123456789012:role/self
        source_profile = self
        [profile fromenv]
        role_arn = arn:aws:iam::123456789012:role/env
        credential_source = Environment
        """

    @Test("a role is asked for with its settings, signed by its source_profile for the profile's region")
    func assumeRole() async throws {
        let scene = try CredentialScene()
        try scene.writeConfig(Self.roles)
        let end = try scene.time(in: 3_600)
        let service = try Service { _, _ in CredentialReply.http(200, CredentialReply.xml("AssumeRole", end)) }
        let chain = try scene.chain(["AWS_ENDPOINT_URL_STS": service.server.origin], profile: "role")
        let expected = try sampleCredentials(
            "ASIAXML", CredentialScene.secret, token: CredentialScene.token, until: scene.clock.now + 3_600)
        #expect(try await chain.load() == expected)

        let request = try #require(service.requests.all.first)
        #expect(request.lines[0] == "POST / HTTP/1.1")
        #expect(
            service.body(0)
                == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2F"
                + "one%2Btwo&RoleSessionName=me%40x&ExternalId=a%26b%3Dc&DurationSeconds=900")
        let type = HeaderField("content-type", "application/x-www-form-urlencoded; charset=utf-8")
        #expect(request["content-type"] == type.value)
        let signer = try Signer(
            credentials: sampleCredentials("AKIABASE", "basesecret"), region: "eu-west-3", service: "sts",
            rules: .generic)
        let headers = try signer.headers(
            for: SigningRequest(
                method: "POST", origin: Origin(scheme: .http, authority: "127.0.0.1:\(service.server.port)"),
                path: .root,
                headers: [type], payload: PayloadHash(of: request.body)), at: SigningTime(seconds: scene.clock.now))
        #expect(request["authorization"] == headers.first { $0.name == "authorization" }?.value)
        #expect(request["x-amz-date"] == "20270115T080000Z")
    }

    @Test("roles are chained: the second is asked for with the first one's credentials")
    func chained() async throws {
        let scene = try CredentialScene()
        try scene.writeConfig(Self.roles)
        let end = try scene.time(in: 3_600)
        let service = try Service { _, number in
            CredentialReply.http(200, CredentialReply.xml("AssumeRole", end, id: "ASIA\(number)"))
        }
        let chain = try scene.chain(["AWS_ENDPOINT_URL_STS": service.server.origin + "/"], profile: "second")
        #expect(try await chain.load().accessKeyID == "ASIA2")
        let requests = service.requests.all
        #expect(requests.count == 2)
        #expect(requests[0]["authorization"]?.contains("Credential=AKIABASE/") == true)
        #expect(requests[1]["authorization"]?.contains("Credential=ASIA1/") == true)
        #expect(requests[1]["authorization"]?.contains("/us-east-1/sts/") == true)
        #expect(requests[1]["x-amz-security-token"] == CredentialScene.token)
        #expect(service.body(1).contains("RoleSessionName=s3cache-\(scene.clock.now)"))
    }

    @Test("a role is asked for with the profile's own keys or with the environment's", arguments: ["self", "fromenv"])
    func sources(profile: String) async throws {
        let scene = try CredentialScene()
        try scene.writeConfig(Self.roles)
        let end = try scene.time(in: 3_600)
        let service = try Service { _, _ in CredentialReply.http(200, CredentialReply.xml("AssumeRole", end)) }
        let chain = try scene.chain(
            [
                "AWS_ENDPOINT_URL_STS": service.server.origin, "AWS_ACCESS_KEY_ID": "AKIAENV",
                "AWS_SECRET_ACCESS_KEY": "e", "AWS_REGION": "ap-south-1",
            ], profile: profile)
        #expect(try await chain.load().accessKeyID == "ASIAXML")
        let id = profile == "self" ? "AKIASELF" : "AKIAENV"
        let authorization = service.requests.all.first?["authorization"]
        #expect(authorization?.contains("Credential=\(id)/20270115/ap-south-1/sts/") == true)
    }

    @Test("a web identity's token is sent unsigned, and read anew each time", arguments: [true, false])
    func webIdentity(isProfile: Bool) async throws {
        let scene = try CredentialScene()
        let end = try scene.time(in: 3_600)
        let service = try Service { _, _ in
            CredentialReply.http(200, CredentialReply.xml("AssumeRoleWithWebIdentity", end))
        }
        let path = try scene.home.write(Array("jwt.one\n".utf8), to: "token")
        try scene.writeConfig(
            "[profile w]\nweb_identity_token_file = \(path)\nrole_arn = arn:w\nrole_session_name = s\n")
        var variables = ["AWS_ENDPOINT_URL_STS": service.server.origin]
        if !isProfile {
            variables.merge([
                "AWS_WEB_IDENTITY_TOKEN_FILE": path, "AWS_ROLE_ARN": "arn:w", "AWS_ROLE_SESSION_NAME": "s",
            ]) { $1 }
        }
        let chain = try scene.chain(variables, profile: isProfile ? "w" : nil)
        #expect(try await chain.load().accessKeyID == "ASIAXML")
        try scene.home.write(Array("jwt.two".utf8), to: "token")
        #expect(try await chain.load().areTemporary)
        #expect(
            service.body(0) == "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aw&RoleSessionName=s"
                + "&WebIdentityToken=jwt.one")
        #expect(service.body(1).hasSuffix("&WebIdentityToken=jwt.two"))
        #expect(service.requests.all.allSatisfy { $0["authorization"] == nil })
    }

    @Test(
        "a token file that is empty, missing or no text is an error that names it", arguments: ["", " \n", "a b", "é"])
    func badToken(text: String) async throws {
        let scene = try CredentialScene()
        let path = try scene.home.write(Array(text.utf8), to: "token")
        let error = try await scene.failure(["AWS_WEB_IDENTITY_TOKEN_FILE": path, "AWS_ROLE_ARN": "r"])
        #expect(error.code == .incomplete && error.message.contains(path))
        let missing = try await scene.failure(["AWS_WEB_IDENTITY_TOKEN_FILE": path + "x", "AWS_ROLE_ARN": "r"])
        #expect(missing.code == .incomplete && missing.message.contains("does not exist"))
        let noRole = try await scene.failure(["AWS_WEB_IDENTITY_TOKEN_FILE": path])
        #expect(noRole.code == .incomplete && noRole.message.contains("AWS_ROLE_ARN"))
    }

    @Test(
        "refusals are told apart, without the service's own words",
        arguments: [
            (403, "AccessDenied", CredentialsError.Code.refused, "trust policy"),
            (400, "ExpiredTokenException", .expired, "renew"),
            (400, "InvalidIdentityToken", .refused, "issuer"), (403, "InvalidClientTokenId", .refused, "keys"),
            (403, "SignatureDoesNotMatch", .refused, "keys"), (400, "ValidationError", .refused, "role_arn"),
            (400, "Throttling", .sourceFailed, "try again"), (400, "IDPCommunicationError", .sourceFailed, "try again"),
            (403, "RegionDisabledException", .refused, "AWS_REGION"), (418, "Hunter2", .refused, "418"),
            (429, "", .sourceFailed, "429"), (503, "Hunter2", .sourceFailed, "503"),
        ])
    func refusals(status: Int, code: String, expected: CredentialsError.Code, part: String) async throws {
        let scene = try CredentialScene()
        try scene.writeConfig(Self.roles)
        let service = try Service { _, _ in CredentialReply.http(status, CredentialReply.xmlError(code)) }
        let error = try await scene.failure(["AWS_ENDPOINT_URL_STS": service.server.origin], profile: "role")
        #expect(error.code == expected && error.message.contains(part), "\(error)")
        #expect(error.message.contains("\"role\"") || code == "RegionDisabledException")
        #expect(!error.message.contains(CredentialScene.secret) && !error.message.contains("Hunter2"))
        #expect(service.requests.all.count == (status == 503 ? 2 : 1))
    }

    @Test("a service that fails once is asked again")
    func retry() async throws {
        let scene = try CredentialScene()
        try scene.writeConfig(Self.roles)
        let end = try scene.time(in: 3_600)
        let service = try Service { _, number in
            number == 1
                ? CredentialReply.http(500, "") : CredentialReply.http(200, CredentialReply.xml("AssumeRole", end))
        }
        let chain = try scene.chain(["AWS_ENDPOINT_URL_STS": service.server.origin], profile: "role")
        #expect(try await chain.load().accessKeyID == "ASIAXML")
    }

    @Test(
        "answers that are not what they should be are no credentials",
        arguments: [
            "", "{}", "<a/>", CredentialReply.xml("AssumeRoleWithSAML", "2030-01-01T00:00:00Z"),
            CredentialReply.xml("AssumeRole", "soon"),
            "<!DOCTYPE a>" + CredentialReply.xml("AssumeRole", "2030-01-01T00:00:00Z"),
            String(repeating: "x", count: 70_000),
        ])
    func nonsense(body: String) async throws {
        let scene = try CredentialScene()
        try scene.writeConfig(Self.roles)
        let service = try Service { _, _ in CredentialReply.http(200, body) }
        let error = try await scene.failure(["AWS_ENDPOINT_URL_STS": service.server.origin], profile: "role")
        #expect(error.code == .sourceFailed)
    }

    @Test(
        "the service is that of the region",
        arguments: [
            ("eu-central-1", "https://sts.eu-central-1.amazonaws.com/"),
            ("cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn/"), (nil, "https://sts.us-east-1.amazonaws.com/"),
        ])
    func region(region: String?, url: String) throws {
        let scene = try CredentialScene()
        let requester = CredentialRequester(client: scene.client, authorityBundlePath: nil)
        let service = try TokenService(
            requester, environment: scene.environment(), profileRegion: region, now: scene.now)
        #expect(service.url == url)
    }

    @Test("a region that is no host name is refused", arguments: ["evil.test/", "a b", "EU", "x@y"])
    func badRegion(region: String) async throws {
        let scene = try CredentialScene()
        try scene.writeConfig(Self.roles)
        let error = try await scene.failure(["AWS_REGION": region], profile: "role")
        #expect(error.code == .incomplete && error.message.contains("AWS_REGION"))
    }
}
