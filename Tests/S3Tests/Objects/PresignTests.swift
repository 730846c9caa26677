import SigV4
import TestSupport
import Testing

@testable import S3

/// URLs that a client signs for others.
@Suite(.timeLimit(.minutes(15))) struct PresignTests {
    private static let now: Int64 = 1_700_000_000

    /// The same credentials always, which end then.
    private struct Ending: CredentialsProvider {
        var end: Int64?

        func credentials() async throws -> Credentials {
            try Credentials(
                accessKeyID: "AKIAENDING", secretAccessKey: "secret", sessionToken: "token/+",
                expiration: try end.map { try SigningTime(seconds: $0) })
        }

        func discard(_ refused: Credentials) async {}
    }

    @Test func urlIsTheSignersOwnAndAsksNobody() async throws {
        try await Bench.use(answers: ["unused"]) { bench async throws in
            let url = try await bench.client.presignedGet("bucket", "a b/ü+.png", expires: 600, signers: Ending())
            let signer = try Signer(
                credentials: try await Ending().credentials(), region: "us-east-1", service: "s3")
            let request = SigningRequest(
                method: "GET", origin: try S3Endpoint(bench.server.origin).origin,
                path: RequestPath(segments: ["bucket"]).appending(raw: "a b/ü+.png"), payload: .unsigned)
            #expect(url.text == (try signer.presign(request, expires: 600, at: SigningTime(seconds: Self.now)).text))
            #expect(url.text.contains("/bucket/a%20b/%C3%BC%2B.png?") && url.expiresAt == Self.now + 600)
            #expect(bench.requests.count == 0)
            var shown = "\(url) \(String(reflecting: url))"
            dump(url, to: &shown)
            #expect(!shown.contains("Signature=") && !shown.contains("Token"))
        }
    }

    @Test func withoutSignersTheClientsOwnCredentialsSign() async throws {
        try await Bench.use(answers: ["unused"]) { bench async throws in
            let url = try await bench.client.presignedGet("bucket", "a", expires: 600)
            #expect(url.text.contains("X-Amz-Credential=AKIAFIRST%2F"))
        }
    }

    @Test func regionThatTheServerNamedAndItsClockAreTheURLs() async throws {
        let answers = [
            Answer.error(400, "AuthorizationHeaderMalformed", more: "<Region>eu-west-1</Region>"),
            // A day later there.
            Answer.error(403, "RequestTimeTooSkewed", "Date: Wed, 15 Nov 2023 22:13:20 GMT"), Answer.page(),
        ]
        try await Bench.use(answers: answers) { bench async throws in
            _ = try await bench.client.listObjects("bucket")
            _ = try? await bench.client.listObjects("bucket")
            let url = try await bench.client.presignedGet("bucket", "a", expires: 600)
            #expect(url.text.contains("%2F20231115%2Feu-west-1%2Fs3%2F"), "\(url)")
            // By this system's clock, which says it earlier.
            #expect(url.expiresAt == Self.now + 600)
            let other = try await bench.client.presignedGet("other", "a", expires: 600)
            #expect(other.text.contains("%2Fus-east-1%2Fs3%2F"))
        }
    }

    @Test func urlEndsWithItsCredentials() async throws {
        try await Bench.use(answers: ["unused"]) { bench async throws in
            for (left, life) in [(601, 600), (600, 600), (599, 599), (1, 1)] {
                let url = try await bench.client.presignedGet(
                    "bucket", "a", expires: 600, signers: Ending(end: Self.now + Int64(left)))
                #expect(url.text.contains("X-Amz-Expires=\(life)&") && url.expiresAt == Self.now + Int64(life))
            }
            for left in [0, -1] as [Int64] {
                let error = try await s3Error {
                    _ = try await bench.client.presignedGet(
                        "bucket", "a", expires: 600, signers: Ending(end: Self.now + left))
                }
                #expect(error?.credentialsCode == .expired && error?.isRetryable == false)
            }
        }
    }

    @Test(arguments: [
        ("", "a", 600), ("bucket", "", 600), ("bucket", "a\0", 600), ("bucket", "a", 0), ("bucket", "a", 604_801),
    ])
    func whatCannotBeSignedIsRefused(bucket: String, key: String, expires: Int) async throws {
        try await Bench.use(answers: ["unused"]) { bench async throws in
            let error = try await s3Error { _ = try await bench.client.presignedGet(bucket, key, expires: expires) }
            #expect(error?.code == .invalidRequest, "\(error?.message ?? "none")")
        }
    }
}
