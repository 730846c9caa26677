import Foundation
import Testing

@testable import SigV4

/// The suites of generic Signature Version 4: service "service", normalised paths that are encoded once more. They write
/// paths as plain text, which is handed to the signer as if it were the encoded path: encoding it once more is then
/// encoding it once.
///
/// No case is skipped. What a caller does is done by the tests: a header over several lines is joined to one (the signer
/// refuses line breaks), and a query is decoded (the signer takes plain text).
@Suite("The generic suites are signed as they say")
struct GenericSuiteTests {
    @Test("the suite of aws-c-auth: headers and presigned URLs")
    func awsCAuth() throws {
        let cases = try Vectors.cases(of: "aws-c-auth-suite", marked: "/context.json")
        #expect(cases.count >= (Vectors.isExternalSet ? 12 + 38 : 12))
        for folder in cases { try check(folder) }
        print("aws-c-auth suite: \(cases.count) cases, \(2 * cases.count) signatures")
    }

    @Test("the suite that botocore carries: headers")
    func botocore() throws {
        let cases = try Vectors.cases(of: "botocore-suite", marked: ".creq")
        #expect(cases.count >= (Vectors.isExternalSet ? 7 + 34 : 7))
        for folder in cases { try checkHeaders(folder) }
        print("botocore suite: \(cases.count) cases")
    }

    private struct Context: Decodable {
        let credentials: Keys
        let expiration_in_seconds: Int
        let normalize: Bool
        let region: String
        let service: String
        let sign_body: Bool
        let timestamp: String
        let omit_session_token: Bool?

        struct Keys: Decodable {
            let access_key_id: String
            let secret_access_key: String
            let token: String?
        }
    }

    private func check(_ folder: URL) throws {
        let name = Comment(rawValue: folder.lastPathComponent)
        let context = try JSONDecoder().decode(
            Context.self, from: Data(contentsOf: folder.appending(path: "context.json")))
        let request = try RawRequest(try text(folder, "request.txt")).signingRequest()
        let time = try #require(SigningTime(context.timestamp.filter { $0 != "-" && $0 != ":" }))
        let signer = try Signer(
            credentials: try Credentials(
                accessKeyID: context.credentials.access_key_id, secretAccessKey: context.credentials.secret_access_key,
                sessionToken: context.credentials.token),
            region: context.region, service: context.service,
            rules: SigningRules(
                canonicalPath: context.normalize ? .normalizedAndEncodedAgain : .encodedAgain,
                sendsPayloadHash: context.sign_body, signsSessionToken: context.omit_session_token != true))

        let headers = try signer.headers(for: request, at: time)
        let trace = try signer.trace(request, at: time)
        #expect(trace.exactCanonicalRequest == (try text(folder, "header-canonical-request.txt")), name)
        #expect(trace.stringToSign == (try text(folder, "header-string-to-sign.txt")), name)
        #expect(try headers.last?.value.hasSuffix(text(folder, "header-signature.txt")) == true, name)
        let token = headers.first { $0.name == "x-amz-security-token" }?.value
        #expect(token == context.credentials.token, name)

        let expires = context.expiration_in_seconds
        let url = try signer.presign(request, expires: expires, at: time).text
        let presigned = try signer.trace(presigning: request, expires: expires, at: time)
        #expect(presigned.exactCanonicalRequest == (try text(folder, "query-canonical-request.txt")), name)
        #expect(presigned.stringToSign == (try text(folder, "query-string-to-sign.txt")), name)
        #expect(url.hasSuffix("&X-Amz-Signature=\(try text(folder, "query-signature.txt"))"), name)
        #expect(url.contains("X-Amz-Security-Token=") == (context.credentials.token != nil), name)
    }

    private func checkHeaders(_ folder: URL) throws {
        let file = folder.lastPathComponent
        let name = Comment(rawValue: file)
        let raw = try RawRequest(try text(folder, "\(file).req"))
        let time = try #require(SigningTime(raw["x-amz-date"] ?? ""))
        let canonical = try text(folder, "\(file).creq")
        // Where a token is signed, not every request names it.
        let token = canonical.split(separator: "\n").first { $0.hasPrefix("x-amz-security-token:") }
        let signer = try Signer(
            credentials: try Credentials(
                accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                sessionToken: token.map { String($0.trimmingPrefix("x-amz-security-token:")) }),
            region: "us-east-1", service: "service", rules: .generic)
        let request = try raw.signingRequest()
        let trace = try signer.trace(request, at: time)
        #expect(trace.exactCanonicalRequest == canonical, name)
        #expect(trace.stringToSign == (try text(folder, "\(file).sts")), name)
        #expect(try signer.headers(for: request, at: time).last?.value == (try text(folder, "\(file).authz")), name)
    }

    private func text(_ folder: URL, _ name: String) throws -> String {
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        return name.hasSuffix("request.txt") || name.hasSuffix(".req")
            ? text : text.replacing("\r\n", with: "\n").trimmingCharacters(in: .newlines)
    }
}
