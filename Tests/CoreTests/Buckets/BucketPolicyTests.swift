import Core
import Foundation
import TestSupport
import Testing

@Suite struct BucketPolicyTests {
    private static let distribution = "arn:aws:cloudfront::123456789012:distribution/E1ABC"

    private func policy(_ text: String) throws -> BucketPolicy {
        try #require(BucketPolicy(try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))))
    }

    @Test func aDistributionMayReadWhatItsOwnRequestsAskFor() throws {
        let statement = try #require(CDNIdentity(arn: Self.distribution)).statement(bucket: "b")
        let expected = """
            {"Sid": "S3cacheCDNE1ABC", "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, \
            "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", \
            "Condition": {"StringEquals": {"AWS:SourceArn": "\(Self.distribution)"}}}
            """
        #expect(statement == (try JSONDecoder().decode(JSONValue.self, from: Data(expected.utf8))))
        var policy = BucketPolicy()
        #expect(policy.merge(statement) == .added && policy.merge(statement) == .present(id: "S3cacheCDNE1ABC"))
        #expect(!policy.letsEveryone(doAnyOf: ["s3:GetObject", "s3:PutObject"]))
    }

    @Test func anIAMUserOfAnyPartitionMayBeNamed() throws {
        let user = "arn:aws-cn:iam::cloudfront:user/CloudFront Origin Access Identity E2"
        let statement = try #require(CDNIdentity(arn: user)).statement(bucket: "b")
        #expect(statement["Principal"] == .object(["AWS": .string(user)]))
        #expect(statement["Resource"] == .string("arn:aws-cn:s3:::b/*") && statement["Condition"] == nil)
    }

    @Test(
        arguments: [
            "", "E1ABC", "arn:aws:cloudfront::1:distribution/", "arn:aws:s3:::b", "arn:aws:iam::1:root",
            "arn:aws:iam::1:user/\"x", "*",
        ])
    func otherTextsAreNoIdentity(arn: String) { #expect(CDNIdentity(arn: arn) == nil) }

    @Test func theSameInOtherWordsIsEnough() throws {
        var policy = try policy(
            """
            {"Version": "2008-10-17", "Id": "p", "Statement": {"Effect": "Allow", "Principal": \
            {"Service": ["cloudfront.amazonaws.com"]}, "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::b/*"], \
            "Condition": {"StringEquals": {"AWS:SourceArn": ["\(Self.distribution)"]}}}}
            """)
        let before = policy
        #expect(
            policy.merge(try #require(CDNIdentity(arn: Self.distribution)).statement(bucket: "b")) == .present(id: nil))
        #expect(policy == before)
    }

    @Test(arguments: ["[]", "3", "{\"Statement\": [3]}", "{\"Statement\": [{\"Sid\": \"x\"}]}"])
    func whatIsNoPolicyIsNotTouched(text: String) throws {
        #expect(BucketPolicy(try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))) == nil)
    }

    @Test(
        arguments: [
            (#""Principal": "*", "Action": "s3:PutObject""#, true),
            (#""Principal": {"AWS": ["*"]}, "Action": "s3:P*""#, true),
            (#""Principal": "*", "Action": ["s3:GetObject", "*"]"#, true),
            (#""Principal": "*", "Action": "s3:Get*""#, false),
            (#""Principal": "*", "Action": "S3:PUTOBJEC?""#, true),
            (#""NotPrincipal": {"AWS": "x"}, "Action": "s3:*""#, true),
            (#""Principal": {"AWS": "arn:aws:iam::1:root"}, "Action": "s3:*""#, false),
            (#""Principal": "*", "NotAction": "s3:GetObject""#, true),
            (#""Principal": "*", "NotAction": "s3:*""#, false),
            (#""Principal": "*", "Action": "s3:*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#, false),
        ])
    func everyoneIsFound(members: String, isOpen: Bool) throws {
        let resource = #""Resource": "arn:aws:s3:::b/*""#
        let open = try policy("{\"Statement\": [{\"Effect\": \"Allow\", \(members), \(resource)}]}")
        #expect(open.letsEveryone(doAnyOf: ["s3:PutObject"]) == isOpen)
        #expect(
            !(try policy("{\"Statement\": [{\"Effect\": \"Deny\", \(members), \(resource)}]}"))
                .letsEveryone(doAnyOf: ["s3:PutObject"]))
    }

    @Test func noStatementOfOthersIsLostAndMergingAgainChangesNothing() throws {
        var random = RandomRules(random: SeededGenerator(seed: 20_260_803))
        for _ in 0..<2_000 {
            let statements = (0..<random.pick([0, 1, 2, 4])).map { _ in random.statement() }
            let document = JSONValue.object([
                "Version": .string("2012-10-17"), "Id": .string("x"), "Statement": .array(statements),
                "OfALaterYear": .integer(3),
            ])
            var policy = try #require(BucketPolicy(document))
            let ours = try #require(CDNIdentity(arn: "arn:aws:cloudfront::1:distribution/E1")).statement(bucket: "b")
            let outcome = policy.merge(ours)
            let isOurs = { (statement: JSONValue) in statement["Sid"] == .string("S3cacheCDNE1") }
            #expect(policy.statements.filter { !isOurs($0) } == statements.filter { !isOurs($0) })
            #expect(policy.document["OfALaterYear"] == .integer(3) && policy.document["Id"] == .string("x"))
            #expect(outcome.isChange && !policy.merge(ours).isChange)
            // What a server stores and gives back is the same document.
            let bytes = try JSONEncoder().encode(policy.document)
            #expect(try JSONDecoder().decode(JSONValue.self, from: bytes) == policy.document)
        }
    }
}
