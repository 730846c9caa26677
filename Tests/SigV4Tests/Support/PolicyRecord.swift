import Foundation
import Testing

@testable import SigV4

/// A POST policy that another implementation signed.
struct PolicyRecord {
    let id: String
    private let record: [String: Any]

    init(_ line: Data) throws {
        record = try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
        id = try #require(record["id"] as? String)
    }

    /// Signs the policy, and names every field in which the result differs from what is expected.
    func differences() throws -> [String] {
        let keys = try #require(record["credentials"] as? [String: Any])
        let credentials = try Credentials(
            accessKeyID: try #require(keys["access_key"] as? String),
            secretAccessKey: try #require(keys["secret_key"] as? String),
            sessionToken: keys["session_token"] as? String)
        let time = try #require(SigningTime(record["time"] as? String ?? ""))
        let lifetime = try #require(record["expires"] as? Int)
        let signer = try Signer(
            credentials: credentials, region: try #require(record["region"] as? String), service: "s3")
        let policy = PostPolicy(
            expiration: try SigningTime(seconds: time.seconds + Int64(lifetime)), conditions: try conditions())
        let signed = try signer.sign(policy, at: time)

        let expectation = try #require(record["expect"] as? [String: Any])
        let expected = try #require(expectation["fields"] as? [String: String])
        let missing = expected.keys.filter { name in
            signed[name] == nil && (name == "policy" || name.hasPrefix("x-amz-") && !name.contains("meta"))
        }
        return missing.map { "\(id): no field \($0)" }
            + signed.fields.filter { expected[$0.name] != $0.value }.map { "\(id) \($0.name): \($0.value)" }
    }

    /// The caller's conditions, and those that botocore adds for bucket and key.
    private func conditions() throws -> [PolicyCondition] {
        let own = try #require(record["conditions_in"] as? [Any])
        let key = try #require(record["key"] as? String)
        let bucket = try #require(record["bucket"] as? String)
        let suffix = "${filename}"
        return try own.map(Self.condition) + [
            .equals("bucket", bucket),
            key.hasSuffix(suffix) ? .startsWith("key", String(key.dropLast(suffix.count))) : .equals("key", key),
        ]
    }

    private static func condition(_ json: Any) throws -> PolicyCondition {
        if let pair = (json as? [String: String])?.first { return .equals(pair.key, pair.value) }
        let list = try #require(json as? [Any])
        switch list[0] as? String {
        case "content-length-range":
            let lower = try #require(list[1] as? Int)
            let upper = try #require(list[2] as? Int)
            return .contentLength(Int64(lower)...Int64(upper))
        case "starts-with":
            return .startsWith(String(try text(list[1]).dropFirst()), try text(list[2]))
        default:
            return .matches(String(try text(list[1]).dropFirst()), try text(list[2]))
        }
    }

    private static func text(_ json: Any) throws -> String { try #require(json as? String) }
}
