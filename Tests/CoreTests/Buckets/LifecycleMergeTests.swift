import Core
import TestSupport
import Testing

@Suite struct LifecycleMergeTests {
    private static let archive = LifecycleGoal.archive(prefix: "cache/", days: 90, storageClass: "GLACIER")

    private func rule(
        _ id: String?, prefix: String?, status: String = "Enabled", _ actions: ConfigurationElement...
    ) -> ConfigurationElement {
        var rule = ConfigurationElement("Rule", id.map { [ConfigurationElement("ID", $0)] } ?? [])
        if let prefix {
            rule.children.append(ConfigurationElement("Filter", [ConfigurationElement("Prefix", prefix)]))
        }
        rule.children.append(ConfigurationElement("Status", status))
        rule.children += actions
        return rule
    }

    private func move(_ days: Int, to storageClass: String = "GLACIER") -> ConfigurationElement {
        ConfigurationElement(
            "Transition", [ConfigurationElement("Days", "\(days)"), ConfigurationElement("StorageClass", storageClass)])
    }

    @Test func rulesAreMadeWhereThereAreNone() {
        let first = LifecycleMerge(Self.archive, into: [])
        let second = LifecycleMerge(.abortUploads(days: 7), into: first.rules)
        #expect(first.outcome == .added && second.outcome == .added)
        #expect(
            second.rules == [
                rule("s3cache-archive", prefix: "cache/", move(90)),
                rule(
                    "s3cache-abort-uploads", prefix: "",
                    ConfigurationElement(
                        "AbortIncompleteMultipartUpload", [ConfigurationElement("DaysAfterInitiation", "7")])),
            ])
        #expect(LifecycleMerge(Self.archive, into: second.rules).outcome == .present(id: "s3cache-archive"))
    }

    @Test func otherDaysChangeOurRuleAndWhatWasAddedToItStays() {
        let expiration = ConfigurationElement("Expiration", [ConfigurationElement("Days", "900")])
        let merge = LifecycleMerge(
            Self.archive,
            into: [rule("s3cache-archive", prefix: "cache/", status: "Disabled", move(30), expiration)])
        #expect(merge.outcome == .updated)
        #expect(merge.rules == [rule("s3cache-archive", prefix: "cache/", expiration, move(90))])
    }

    @Test func anEarlierRuleOfSomebodyElseIsEnoughAndALaterOneIsNot() {
        let foreign = rule("theirs", prefix: "", move(30))
        #expect(LifecycleMerge(Self.archive, into: [foreign]).outcome == .present(id: "theirs"))
        for other in [
            rule("theirs", prefix: "", move(365)), rule("theirs", prefix: "cache/x/", move(30)),
            rule("theirs", prefix: "cache/", status: "Disabled", move(30)),
            rule("theirs", prefix: "cache/", move(30, to: "STANDARD_IA")),
        ] {
            let merge = LifecycleMerge(Self.archive, into: [other])
            #expect(merge.outcome == .added && merge.rules.first == other && merge.rules.count == 2)
        }
    }

    @Test func everyPrefixHasARuleOfItsOwn() {
        let other = LifecycleGoal.archive(prefix: "old/", days: 1, storageClass: "GLACIER")
        let merge = LifecycleMerge(other, into: LifecycleMerge(Self.archive, into: []).rules)
        #expect(merge.rules.map { $0.child("ID")?.text } == ["s3cache-archive", "s3cache-archive-2"])
        #expect(LifecycleMerge(Self.archive, into: merge.rules).outcome == .present(id: "s3cache-archive"))
        #expect(LifecycleMerge(other, into: merge.rules).outcome == .present(id: "s3cache-archive-2"))
    }

    /// Servers refuse both forms beside each other.
    @Test func rulesBesideThoseOfTheFirstVersionAreOfIt() {
        let old = ConfigurationElement(
            "Rule", [ConfigurationElement("Prefix", "tmp/"), ConfigurationElement("Status", "Enabled"), move(5)])
        let merge = LifecycleMerge(Self.archive, into: [old])
        #expect(merge.rules.count == 2 && merge.rules[1].child("Prefix")?.text == "cache/")
        #expect(merge.rules[1].child("Filter") == nil)
        #expect(LifecycleMerge(Self.archive, into: merge.rules).outcome == .present(id: "s3cache-archive"))
    }

    @Test func noRuleOfOthersIsLostAndMergingAgainChangesNothing() {
        var random = RandomRules(random: SeededGenerator(seed: 20_260_801))
        for _ in 0..<5_000 {
            let rules = random.lifecycle()
            let goal = random.goal()
            let merge = LifecycleMerge(goal, into: rules)
            let isOurs = { (rule: ConfigurationElement) in rule.child("ID")?.text.hasPrefix("s3cache-a") == true }
            let foreign = rules.filter { !isOurs($0) }
            #expect(merge.rules.filter { !isOurs($0) } == foreign)
            switch merge.outcome {
            case .present: #expect(merge.rules == rules)
            case .added: #expect(Array(merge.rules.dropLast()) == rules)
            case .updated:
                #expect(merge.rules.count == rules.count)
                #expect(zip(merge.rules, rules).count { $0 != $1 } == 1)
            }
            let again = LifecycleMerge(goal, into: merge.rules)
            #expect(!again.outcome.isChange && again.rules == merge.rules, "\(goal) into \(rules)")
        }
    }
}
