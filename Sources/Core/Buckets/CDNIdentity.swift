/// Who fetches a bucket's objects for a CDN, by its ARN.
public struct CDNIdentity: Hashable, Sendable {
    private let arn: String
    private let partition: String
    private let isDistribution: Bool
    private let name: String

    /// A distribution of CloudFront (`arn:aws:cloudfront::123456789012:distribution/E1…`), which comes with an origin access
    /// control, or a user or role (`arn:aws:iam::…`), which an origin access identity is too. Nil for any other text.
    public init?(arn: String) {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", !parts[1].isEmpty, !parts[5].isEmpty,
            arn.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        else { return nil }
        switch parts[2] {
        case "cloudfront":
            guard parts[5].utf8.starts(with: "distribution/".utf8), parts[5].utf8.count > 13 else { return nil }
            isDistribution = true
        case "iam":
            guard parts[5].contains("/"), parts[5] != "user/*", parts[5] != "role/*" else { return nil }
            isDistribution = false
        default: return nil
        }
        self.arn = arn
        partition = String(parts[1])
        name = String(parts[5].split(separator: "/").last ?? "")
    }

    /// What lets it read all objects of a bucket.
    public func statement(bucket: String) -> JSONValue {
        let letters = Array(name.utf8).filter {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        }
        var statement: [String: JSONValue] = [
            "Sid": .string("S3cacheCDN" + String(decoding: letters, as: UTF8.self)), "Effect": .string("Allow"),
            "Action": .string("s3:GetObject"), "Resource": .string("arn:\(partition):s3:::\(bucket)/*"),
        ]
        if isDistribution {
            statement["Principal"] = .object(["Service": .string("cloudfront.amazonaws.com")])
            statement["Condition"] = .object(["StringEquals": .object(["AWS:SourceArn": .string(arn)])])
        } else {
            statement["Principal"] = .object(["AWS": .string(arn)])
        }
        return .object(statement)
    }
}
