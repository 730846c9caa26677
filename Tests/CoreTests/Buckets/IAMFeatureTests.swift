import Core
import Testing

@Suite struct IAMFeatureTests {
    private func statements(_ feature: IAMFeature, prefix: String = "") -> [JSONValue] {
        feature.policy(bucket: "b", prefix: prefix)["Statement"]?.elements ?? []
    }

    @Test func uploadsNeedNoRightToReadOrList() {
        let actions = statements(.uploadURL).flatMap { $0["Action"]?.elements ?? [] }
        #expect(actions == [.string("s3:PutObject")])
        #expect(!statements(.upload).contains { $0["Resource"] == .string("arn:aws:s3:::b") })
    }

    @Test func readersOfURLsMayOnlyRead() {
        #expect(
            statements(.presign, prefix: "1/") == [
                .object([
                    "Effect": .string("Allow"), "Action": .strings(["s3:GetObject"]),
                    "Resource": .string("arn:aws:s3:::b/1/*"),
                ])
            ])
    }

    @Test func listingIsForThePrefixOnly() {
        let condition = JSONValue.object(["StringLike": .object(["s3:prefix": .string("cache/*")])])
        #expect(statements(.index, prefix: "cache/").map { $0["Condition"] } == [condition])
        #expect(statements(.index).map { $0["Condition"] } == [nil])
    }

    @Test func whoNeedsARightIsKnown() {
        #expect(IAMFeature.needing("s3:DeleteObject") == [.delete, .rename])
        #expect(IAMFeature.needing("s3:PutObject") == [.upload, .fetch, .uploadURL, .rename, .archive])
        #expect(IAMFeature.needing("s3:ListBucket").contains(.index))
        #expect(!IAMFeature.needing("s3:ListBucket").contains(.upload))
    }

    @Test(arguments: IAMFeature.allCases)
    func noFeatureHasAWildcardForActions(feature: IAMFeature) {
        let actions = statements(feature, prefix: "x").flatMap { $0["Action"]?.elements ?? [] }.compactMap(\.string)
        #expect(!actions.isEmpty && actions.allSatisfy { $0.hasPrefix("s3:") && !$0.contains("*") })
        #expect(Set(actions).count == actions.count)
    }
}
