import Core
import TestSupport

/// Rules as others write them: of both versions, with tags, sizes and actions that nothing here knows of.
struct RandomRules {
    var random: SeededGenerator

    mutating func lifecycle() -> [ConfigurationElement] {
        (0..<Int.random(in: 0...4, using: &random)).map { _ in lifecycleRule() }
    }

    mutating func lifecycleRule() -> ConfigurationElement {
        var rule = ConfigurationElement("Rule", [])
        if pick([true, true, false]) {
            rule.children.append(
                ConfigurationElement(
                    "ID",
                    pick(["a", "b", "s3cache-archive", "s3cache-archive-2", "s3cache-abort-uploads", "s3cache-other"])))
        }
        let prefix = ConfigurationElement("Prefix", pick(["", "c", "cache/", "cache/x/", "other/"]))
        let tag = ConfigurationElement("Tag", [ConfigurationElement("Key", "k"), ConfigurationElement("Value", "v")])
        rule.children.append(
            pick([
                prefix, ConfigurationElement("Filter", [prefix]), ConfigurationElement("Filter"),
                ConfigurationElement("Filter", [tag]), ConfigurationElement("Filter", [prefix, tag]),
                ConfigurationElement("Filter", [ConfigurationElement("And", [prefix, tag])]),
                ConfigurationElement("Filter", [ConfigurationElement("ObjectSizeGreaterThan", "1000")]),
            ]))
        rule.children.append(ConfigurationElement("Status", pick(["Enabled", "Disabled"])))
        let days = ConfigurationElement("Days", pick(["1", "30", "90", "365"]))
        let actions = [
            ConfigurationElement("Expiration", [days]),
            ConfigurationElement(
                "Transition", [days, ConfigurationElement("StorageClass", pick(["GLACIER", "STANDARD_IA"]))]),
            ConfigurationElement(
                "Transition",
                [ConfigurationElement("Date", "2027-01-01T00:00:00Z"), ConfigurationElement("StorageClass", "GLACIER")]),
            ConfigurationElement(
                "AbortIncompleteMultipartUpload", [ConfigurationElement("DaysAfterInitiation", pick(["1", "7", "30"]))]),
            ConfigurationElement("OfALaterYear", [ConfigurationElement("Depth", [ConfigurationElement("More", "x")])]),
        ]
        rule.children += actions.filter { _ in Bool.random(using: &random) }
        return rule
    }

    mutating func goal() -> LifecycleGoal {
        let days = pick([1, 7, 30, 90, 400])
        return Bool.random(using: &random)
            ? .archive(
                prefix: pick(["", "cache/", "cache/x/y"]), days: days, storageClass: pick(["GLACIER", "DEEP_ARCHIVE"]))
            : .abortUploads(days: days)
    }

    mutating func cors() -> [ConfigurationElement] {
        (0..<Int.random(in: 0...3, using: &random)).map { _ in
            var rule = ConfigurationElement("CORSRule", [])
            if pick([true, false]) { rule.children.append(ConfigurationElement("ID", pick(["x", "s3cache-upload"]))) }
            for (name, texts) in [
                ("AllowedOrigin", ["*", "https://a.example", "https://b.example"]),
                ("AllowedMethod", ["GET", "HEAD", "PUT", "POST", "DELETE"]), ("AllowedHeader", ["*", "content-type"]),
                ("ExposeHeader", ["ETag"]), ("OfALaterYear", ["x"]),
            ] {
                for text in texts where pick([true, true, false]) {
                    rule.children.append(ConfigurationElement(name, text))
                }
            }
            return rule
        }
    }

    mutating func statement() -> JSONValue {
        var members: [String: JSONValue] = [
            "Effect": .string(pick(["Allow", "Deny"])),
            "Principal": pick([.string("*"), .object(["AWS": .string("arn:aws:iam::1:root")])]),
            "Action": pick([.string("s3:GetObject"), .strings(["s3:GetObject", "s3:PutObject"])]),
            "Resource": .string("arn:aws:s3:::b/*"),
        ]
        if pick([true, false]) { members["Sid"] = .string(pick(["A", "B", "S3cacheCDNE1"])) }
        if pick([true, false]) {
            members["Condition"] = .object(["NumericLessThan": .object(["s3:max-keys": .number(0.5)])])
        }
        return .object(members)
    }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &random)] }
}
