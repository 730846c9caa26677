/// A bucket that never changes: its keys in byte order, and what a page says about each, written once.
final class Bucket: Sendable {
    let keys: Texts
    /// The `Contents` elements, keys URL-encoded.
    let encoded: Texts
    /// The same with keys as they are; nil where that makes no difference.
    private let literal: Texts?
    private let seed: UInt64
    private let changed: Double

    /// Makes the objects that follow from the options.
    init(_ options: BucketOptions) {
        let made = Self.makeKeys(options)
        var keys = Texts()
        var encoded = Texts()
        var literal = Texts()
        keys.reserve(made.count, bytes: made.bytes.count)
        encoded.reserve(
            made.count, bytes: made.bytes.count * (options.distribution == .unicode ? 3 : 1) + made.count * 200)
        for index in KeyOrder.sort(made) {
            let key = made[index]
            let facts = ObjectFacts(of: key, seed: options.seed, changed: options.changed)
            keys.append { $0.append(contentsOf: key) }
            encoded.append { Self.append(facts, to: &$0) { Escaping.appendURL(key, to: &$0) } }
            if options.distribution == .unicode {
                literal.append { Self.append(facts, to: &$0) { Escaping.appendXML(key, to: &$0) } }
            }
        }
        self.keys = keys
        self.encoded = encoded
        self.literal = literal.count > 0 ? literal : nil
        seed = options.seed
        changed = options.changed
    }

    /// The `Contents` elements as a request wants them.
    func contents(isEncoded: Bool) -> Texts {
        isEncoded ? encoded : literal ?? encoded
    }

    /// What is known of the object of this key; nil where there is none.
    func facts(of key: [UInt8]) -> ObjectFacts? {
        let index = keys.lowerBound(key)
        guard index < keys.count, keys.compare(index, with: key) == 0 else { return nil }
        return ObjectFacts(of: key, seed: seed, changed: changed)
    }

    private static func makeKeys(_ options: BucketOptions) -> Texts {
        var maker = KeyMaker(options.distribution, count: options.objects, seed: options.seed)
        var keys = Texts()
        keys.reserve(options.objects, bytes: options.objects * 64)
        for number in 0..<options.objects { keys.append { maker.append(number, to: &$0) } }
        return keys
    }

    private static func append(_ facts: ObjectFacts, to bytes: inout [UInt8], key: (inout [UInt8]) -> Void) {
        bytes.append("<Contents><Key>")
        key(&bytes)
        bytes.append("</Key><LastModified>")
        facts.appendModified(to: &bytes)
        bytes.append("</LastModified><ETag>&quot;")
        facts.appendETag(to: &bytes)
        bytes.append("&quot;</ETag><Size>")
        bytes.append(decimal: facts.size)
        bytes.append("</Size><StorageClass>STANDARD</StorageClass></Contents>")
    }
}
