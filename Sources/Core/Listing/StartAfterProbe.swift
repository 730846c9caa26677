/// Finds out whether a server lists behind a key that it is told, as listing with many requests at once needs: two requests,
/// one behind a key that exists and one behind a key that does not, must both begin with the same known key.
///
/// Some servers heed `start-after` only where the key exists, or not at all; a listing that trusts them would lose keys.
public struct StartAfterProbe: Hashable, Sendable {
    /// To be listed behind: a key that exists.
    public let existing: ObjectKey
    /// To be listed behind: a key of the prefix that lies strictly between `existing` and `expected`; nil where the page
    /// leaves room for none.
    public let madeUp: ObjectKey?
    /// What both must begin with.
    public let expected: ObjectKey

    /// A probe with three consecutive keys of the first page of `prefix`, ascending; nil where the page has fewer.
    public init?(keys: some RandomAccessCollection<ObjectKey>, prefix: String) {
        let behindFirst = keys.dropFirst()
        guard let second = behindFirst.first, let third = behindFirst.dropFirst().first else { return nil }
        for (left, right) in zip(behindFirst, behindFirst.dropFirst()) {
            guard let between = Self.key(between: left, and: right, prefix: prefix) else { continue }
            (existing, madeUp, expected) = (left, between, right)
            return
        }
        (existing, madeUp, expected) = (second, nil, third)
    }

    /// Whether a listing behind one of the points may be trusted that begins with `first`; nil: it brought no key.
    public func accepts(_ first: ObjectKey?) -> Bool { first == expected }

    /// A key halfway between two where they differ, or else one as close behind the left as possible.
    private static func key(between left: ObjectKey, and right: ObjectKey, prefix: String) -> ObjectKey? {
        guard left.length <= ObjectKey.maximumLength else { return nil }
        let leftScalars = Array(left.string.unicodeScalars)
        let rightScalars = Array(right.string.unicodeScalars)
        let shared = zip(leftScalars, rightScalars).prefix { $0 == $1 }.count
        var candidates: [ObjectKey?] = []
        if shared < leftScalars.count, shared < rightScalars.count {
            let middle = (leftScalars[shared].value + rightScalars[shared].value) / 2
            candidates.append(ObjectKey(listable: leftScalars[..<shared], middle))
        }
        candidates.append(ObjectKey(listable: leftScalars, 0x30))
        candidates.append(ObjectKey(listable: leftScalars, 0x20))
        // Where nothing can be appended: the last character one higher, or else the one before it.
        candidates.append(
            leftScalars.indices.reversed().lazy.compactMap { depth in
                ObjectKey(listable: leftScalars[..<depth], leftScalars[depth].value + 1)
            }.first)
        return candidates.lazy.compactMap { $0 }.first { left < $0 && $0 < right && $0.hasPrefix(prefix) }
    }
}
