import Core
import TestSupport
import Testing

@Suite struct CORSMergeTests {
    @Test func oneRuleLetsPagesUpload() {
        let merge = CORSMerge(origins: ["https://a.example", "https://b.example", "https://a.example"], into: [])
        #expect(merge.outcome == .added && merge.rules.count == 1)
        let rule = merge.rules.first
        #expect(rule?.texts("AllowedOrigin") == ["https://a.example", "https://b.example"])
        #expect(
            rule?.texts("AllowedMethod") == ["GET", "HEAD", "PUT", "POST"] && rule?.texts("AllowedHeader") == ["*"])
        #expect(rule?.texts("ExposeHeader") == ["ETag"] && rule?.child("ID")?.text == "s3cache-upload")
    }

    @Test func originsAreAddedToOurRuleAndNotTakenOut() {
        let first = CORSMerge(origins: ["https://a.example"], into: [])
        let second = CORSMerge(origins: ["https://b.example"], into: first.rules)
        #expect(second.outcome == .updated && second.rules.count == 1)
        #expect(second.rules.first?.texts("AllowedOrigin") == ["https://a.example", "https://b.example"])
        #expect(!CORSMerge(origins: ["https://a.example"], into: second.rules).outcome.isChange)
    }

    @Test func noRuleOfOthersIsLostAndMergingAgainChangesNothing() {
        var random = RandomRules(random: SeededGenerator(seed: 20_260_802))
        for _ in 0..<5_000 {
            let rules = random.cors()
            let origins = random.pick([["https://a.example"], ["*"], ["https://b.example", "https://c.example"]])
            let merge = CORSMerge(origins: origins, into: rules)
            let isOurs = { (rule: ConfigurationElement) in rule.child("ID")?.text.hasPrefix("s3cache-upload") == true }
            #expect(merge.rules.filter { !isOurs($0) } == rules.filter { !isOurs($0) })
            for (before, after) in zip(rules, merge.rules) where before != after {
                #expect(isOurs(before) && before.children.allSatisfy(after.children.contains))
            }
            let again = CORSMerge(origins: origins, into: merge.rules)
            #expect(!again.outcome.isChange && again.rules == merge.rules, "\(origins) into \(rules)")
        }
    }
}
