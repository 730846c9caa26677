import HTTP
import TestSupport
import Testing

@testable import S3

@Suite(.timeLimit(.minutes(15))) struct ErrorTests {
    @Test(
        "Each answer has its meaning",
        arguments: [
            (403, "InvalidAccessKeyId", S3Error.Code.invalidCredentials),
            (403, "SignatureDoesNotMatch", .invalidCredentials),
            (400, "InvalidToken", .invalidCredentials), (400, "ExpiredToken", .expiredCredentials),
            (403, "RequestTimeTooSkewed", .clockSkewed), (403, "RequestExpired", .clockSkewed),
            (403, "AccessDenied", .accessDenied),
            (403, "AccountProblem", .accountProblem), (404, "NoSuchBucket", .noSuchBucket),
            (404, "NoSuchKey", .noSuchKey),
            (301, "PermanentRedirect", .wrongRegion), (400, "AuthorizationHeaderMalformed", .wrongRegion),
            (503, "SlowDown", .slowDown), (429, "TooManyRequests", .slowDown), (500, "InternalError", .serverError),
            (503, "ServiceUnavailable", .serverError), (400, "RequestTimeout", .timedOut),
            (501, "NotImplemented", .notImplemented),
            (412, "PreconditionFailed", .preconditionFailed), (416, "InvalidRange", .rangeNotSatisfiable),
            (403, "InvalidObjectState", .archived), (400, "BadDigest", .checksumMismatch),
            (400, "XAmzContentSHA256Mismatch", .checksumMismatch), (400, "EntityTooLarge", .tooLarge),
            (409, "BucketAlreadyExists", .alreadyExists), (409, "BucketNotEmpty", .bucketNotEmpty),
            (409, "OperationAborted", .conflict), (400, "InvalidBucketName", .invalidRequest), (418, "Teapot", .other),
            (403, "Unheard", .accessDenied), (502, "Unheard", .serverError), (404, "Unheard", .noSuchKey),
        ])
    func codes(_ status: Int, _ serviceCode: String, _ code: S3Error.Code) throws {
        let call = S3Call("GetObject", .get, bucket: "bucket", key: "a\u{1B}b")
        let body = Array("<Error><Code>\(serviceCode)</Code><Message>s3cr3t</Message></Error>".utf8)
        let error = ServiceResponse(status: status, headers: [:], body: body).error(
            call, endpoint: try Self.endpoint, now: 0)
        #expect(error.code == code)
        #expect(error.serviceCode == serviceCode && error.status == status)
        #expect(error.isRetryable == code.isRetryable)
        #expect(
            error.message.hasPrefix("GetObject of object \"a\\u{1B}b\" in bucket \"bucket\" at https://s3.example.com ")
        )
        #expect(error.message.contains(": ") && error.message.hasSuffix("(status \(status) \(serviceCode))."))
        #expect(!"\(error) \(String(reflecting: error))".contains("s3cr3t"))
    }

    static var endpoint: S3Endpoint {
        get throws { try S3Endpoint("https://s3.example.com") }
    }

    @Test(
        "Without a code of S3 the status decides",
        arguments: [
            (301, S3Error.Code.wrongRegion), (304, .preconditionFailed), (400, .invalidRequest), (401, .accessDenied),
            (403, .accessDenied), (404, .noSuchKey), (405, .notImplemented), (408, .timedOut), (409, .conflict),
            (412, .preconditionFailed), (413, .tooLarge), (416, .rangeNotSatisfiable), (418, .other), (429, .slowDown),
            (500, .serverError), (501, .notImplemented), (502, .serverError), (503, .slowDown), (504, .serverError),
        ])
    func statuses(_ status: Int, _ code: S3Error.Code) throws {
        let bodies = [
            "", "<html><body>Bad gateway</body></html>", "\u{0}garbage", "<Error><Code>a</Code>",
            "<!DOCTYPE a><Error/>",
            "<Error><Code>NoSuchBucket</Code><Code>NoSuchKey</Code></Error>",
            "<Error><Code>NoSuchBucket</Code></Error>" + String(repeating: " ", count: 70_000),
        ]
        let call = S3Call("HeadObject", .head, bucket: "bucket", key: "k")
        for body in bodies {
            let error = ServiceResponse(status: status, headers: [:], body: Array(body.utf8))
                .error(call, endpoint: try Self.endpoint, now: 0)
            #expect(error.code == code && error.serviceCode == nil, "\(body.prefix(50))")
        }
    }

    @Test func anErrorAboutAnOddKeyIsRead() {
        let body = "<Error><Code>NoSuchKey</Code><Key>&#x1;\u{2}</Key></Error>"
        #expect(ErrorDocument(Array(body.utf8))?.code == "NoSuchKey")
    }

    @Test func idsAreKeptUnlessTheyCouldGarbleALog() throws {
        let call = S3Call("HeadBucket", .head, bucket: "bucket")
        let error = ServiceResponse(
            status: 403, headers: ["x-amz-request-id": "R 1", "x-amz-id-2": "H1"],
            body: Array("<Error><Code>Access Denied\u{9}</Code><RequestId>R2</RequestId></Error>".utf8)
        ).error(call, endpoint: try Self.endpoint, now: 0)
        #expect(error.requestID == "R2" && error.hostID == "H1" && error.serviceCode == nil)
        #expect(error.code == .accessDenied)
    }

    @Test(
        "Each failure of the connection has its meaning",
        arguments: HTTPError.Code.allCases)
    func connectionFailures(_ httpCode: HTTPError.Code) throws {
        let wording = S3Call("GetObject", .get, bucket: "bucket", key: "k").wording(at: try Self.endpoint)
        let error = S3Error(HTTPError(httpCode, "because of this"), wording)
        #expect(error.httpCode == httpCode)
        #expect(error.isRetryable == HTTPError(httpCode, "").isRetryable)
        #expect(
            error.message
                == "GetObject of object \"k\" in bucket \"bucket\" at https://s3.example.com failed: because of this.")
        #expect(error.code != .other || httpCode == .unexpected)
    }

    @Test func aServerThatCannotProveWhoItIs() async throws {
        let authority = try await TestAuthority()
        try await authority.sign("good", for: "IP:127.0.0.1")
        let server = try await TLSServer(authority, certificate: "good")
        let http = try HTTPClient()
        let settings = S3ClientSettings(endpoint: try S3Endpoint(server.origin))
        let client = try S3Client(http: http, credentials: try RotatingCredentials("AKIA"), settings: settings)
        let error = try await s3Error { _ = try await client.headObject("bucket", "k") }
        await http.close()
        #expect(error?.code == .certificateRefused && error?.httpCode == .certificateUntrusted)
        #expect(error?.isRetryable == false)
        #expect(error?.message.contains("name the bundle with that authority") == true)
    }

    @Test func withoutCredentialsNothingIsSent() async throws {
        try await Bench.use(answers: [Answer.page()]) { bench async throws in
            let http = try HTTPClient()
            let settings = S3ClientSettings(endpoint: try S3Endpoint(bench.server.origin))
            let client = try S3Client(http: http, credentials: try RotatingCredentials(), settings: settings)
            let error = try await s3Error { _ = try await client.listObjects("bucket") }
            await http.close()
            #expect(error?.code == .credentialsMissing && error?.credentialsCode == .missing)
            #expect(error?.message.hasSuffix("failed: There are no credentials: set AWS_ACCESS_KEY_ID.") == true)
            #expect(bench.requests.count == 0)
        }
    }

    @Test func noErrorShowsASecret() async throws {
        try await Bench.use(answers: [Answer.error(403, "AccessDenied", "x-amz-request-id: R1")]) {
            bench async throws in
            let error = try await s3Error { try await bench.client.putObject("bucket", "key", Array("s3cr3t".utf8)) }
            let found = try #require(error)
            var dumped = ""
            dump(found, to: &dumped)
            let shown = "\(found) \(String(reflecting: found)) \(dumped)"
            for secret in ["s3cr3t", "t0k3n", "AKIA", "Signature"] { #expect(!shown.contains(secret)) }
            #expect(
                found.requestID == "R1" && found.hostID == "HOST1" && found.bucket == "bucket" && found.key == "key")
            #expect(
                found.message
                    == "PutObject of object \"key\" in bucket \"bucket\" at \(bench.server.origin) is not allowed with these "
                    + "credentials: grant them s3:PutObject, or use others (status 403 AccessDenied).")
        }
    }

    @Test(
        "Names that would make it another request are refused",
        arguments: [
            ("", "k"), (".", "k"), ("..", "k"), ("a/b", "k"), ("a?b", "k"), ("a b", "k"), ("arn:aws:s3:::b", "k"),
            ("é", "k"),
            ("bucket", ""), ("bucket", "a\u{0}b"), ("bucket", String(repeating: "é", count: 513)),
        ])
    func names(_ bucket: String, _ key: String) async throws {
        try await Bench.use(answers: [Answer.response(204)]) { bench async throws in
            #expect(try await s3Error { try await bench.client.deleteObject(bucket, key) }?.code == .invalidRequest)
            #expect(bench.requests.count == 0)
        }
    }
}
