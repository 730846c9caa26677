import Foundation
import Testing

@testable import SigV4

@Suite("POST policies")
struct PostPolicyTests {
    @Test("are JSON that says what was asked for, whatever the characters")
    func document() throws {
        let odd = "\"\\/\u{8}\t\n\u{c}\r\u{1}\u{7f}é日𐀀\u{2028}"
        let policy = PostPolicy(
            expiration: Sample.time("20280229T235959Z"),
            conditions: [
                .equals("x-amz-meta-odd", odd), .matches("acl", "private"), .startsWith("key", odd),
                .contentLength(1...5_368_709_120),
            ])
        let signed = try Sample.signer(token: Sample.token).sign(policy, at: Sample.time())
        let data = try #require(Data(base64Encoded: signed["policy"] ?? ""))
        let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(json["expiration"] as? String == "2028-02-29T23:59:59Z")
        let conditions = try #require(json["conditions"] as? [Any])
        #expect((conditions[0] as? [String: String])?["x-amz-meta-odd"] == odd)
        #expect(conditions[1] as? [String] == ["eq", "$acl", "private"])
        #expect(conditions[2] as? [String] == ["starts-with", "$key", odd])
        #expect((conditions[3] as? [Any])?.last as? Int == 5_368_709_120)
        let own = conditions.dropFirst(4).compactMap { ($0 as? [String: String])?.first }
        for pair in own { #expect(signed[pair.key] == pair.value) }
        #expect(own.map(\.key) == ["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-security-token"])
        #expect(data.allSatisfy { $0 < 0x80 })
    }

    @Test("the fields are those that a form needs")
    func fields() throws {
        let signed = try Sample.signer().sign(
            PostPolicy(expiration: Sample.time("20130525T000000Z"), conditions: []), at: Sample.time())
        #expect(
            signed.fields.map(\.name) == [
                "policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature",
            ])
        #expect(signed["x-amz-credential"] == "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request")
        #expect(signed["x-amz-security-token"] == nil)
    }
}
