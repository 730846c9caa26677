/// Puts a goal into the rules of a bucket's lifecycle, and keeps all rules that are not ours as they are.
///
/// ```swift
/// let merge = LifecycleMerge(.abortUploads(days: 7), into: rules)
/// if merge.outcome.isChange { … }    // merge.rules is what to write
/// ```
///
/// Merging again what came out changes nothing.
public struct LifecycleMerge: Sendable {
    /// All rules, to be written where something changed.
    public private(set) var rules: [ConfigurationElement]
    /// What changed.
    public private(set) var outcome: MergeOutcome

    /// Merges a goal into the elements `Rule` of a bucket.
    ///
    /// A rule of somebody else that does the same, at the same time or earlier, is enough. A rule of ours for the same keys
    /// gets the goal's days, whether they are more or fewer, and what somebody added to it stays.
    public init(_ goal: LifecycleGoal, into rules: [ConfigurationElement]) {
        self.rules = rules
        let known = rules.map { LifecycleRule(element: $0) }
        if let index = known.firstIndex(where: {
            RuleID.isOurs($0.id, goal.ruleName) && $0.prefix == goal.prefix
        }) {
            var rule = rules[index]
            if known[index].days(for: goal) == goal.days {
                outcome = .present(id: known[index].id)
                return
            }
            rule.set("Status", "Enabled")
            rule.children.removeAll { goal.days(of: $0) != nil }
            rule.children.append(goal.action)
            self.rules[index] = rule
            outcome = .updated
            return
        }
        if let rule = known.first(where: { $0.days(for: goal).map { $0 <= goal.days } == true }) {
            outcome = .present(id: rule.id)
            return
        }
        let id = RuleID.free(goal.ruleName, among: Set(known.compactMap(\.id)))
        let prefix = ConfigurationElement("Prefix", goal.prefix)
        self.rules.append(
            ConfigurationElement(
                "Rule",
                [
                    ConfigurationElement("ID", id),
                    known.contains(where: \.isOfFirstVersion) ? prefix : ConfigurationElement("Filter", [prefix]),
                    ConfigurationElement("Status", "Enabled"), goal.action,
                ]))
        outcome = .added
    }
}
