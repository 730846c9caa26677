/// Lets browsers of some origins upload directly, and keeps all rules that are not ours as they are.
///
/// Origins are added to our rule and never taken out of it. Merging again what came out changes nothing.
public struct CORSMerge: Sendable {
    /// All rules, to be written where something changed.
    public private(set) var rules: [ConfigurationElement]
    /// What changed.
    public private(set) var outcome: MergeOutcome

    private static let ruleName = "s3cache-upload"

    /// What a browser needs for presigned URLs and upload forms.
    static let methods = ["GET", "HEAD", "PUT", "POST"]

    /// Merges origins, such as `https://example.com`, into the elements `CORSRule` of a bucket.
    public init(origins: [String], into rules: [ConfigurationElement]) {
        self.rules = rules
        outcome = .present(id: nil)
        let missing = origins.filter { origin in !rules.contains { Self.lets(origin, in: $0) } }
        guard !missing.isEmpty else {
            if let origin = origins.first {
                outcome = .present(id: rules.first { Self.lets(origin, in: $0) }?.child("ID")?.text)
            }
            return
        }
        if let index = rules.firstIndex(where: { RuleID.isOurs($0.child("ID")?.text, Self.ruleName) }) {
            var rule = rules[index]
            let known = Set(rule.texts("AllowedOrigin"))
            rule.children += missing.filter { !known.contains($0) }.map { ConfigurationElement("AllowedOrigin", $0) }
            // Somebody may have taken something out of it.
            Self.complete(&rule)
            self.rules[index] = rule
            outcome = .updated
            return
        }
        let id = RuleID.free(Self.ruleName, among: Set(rules.compactMap { $0.child("ID")?.text }))
        var seen: Set<String> = []
        var rule = ConfigurationElement("CORSRule", [ConfigurationElement("ID", id)])
        rule.children += missing.filter { seen.insert($0).inserted }.map { ConfigurationElement("AllowedOrigin", $0) }
        Self.complete(&rule)
        rule.children += [ConfigurationElement("ExposeHeader", "ETag"), ConfigurationElement("MaxAgeSeconds", "3000")]
        self.rules.append(rule)
        outcome = .added
    }

    private static func complete(_ rule: inout ConfigurationElement) {
        let known = Set(rule.texts("AllowedMethod"))
        rule.children += methods.filter { !known.contains($0) }.map { ConfigurationElement("AllowedMethod", $0) }
        if !rule.texts("AllowedHeader").contains("*") {
            rule.children.append(ConfigurationElement("AllowedHeader", "*"))
        }
    }

    /// Whether a rule lets a page of an origin do all that it needs.
    private static func lets(_ origin: String, in rule: ConfigurationElement) -> Bool {
        let origins = rule.texts("AllowedOrigin")
        return (origins.contains(origin) || origins.contains("*"))
            && Set(methods).isSubset(of: rule.texts("AllowedMethod")) && rule.texts("AllowedHeader").contains("*")
    }
}
