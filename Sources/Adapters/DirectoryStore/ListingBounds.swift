internal import Core

/// Which keys a page may hold: those that begin with a prefix and come after a key.
struct ListingBounds {
    private let prefix: [UInt8]
    private let after: [UInt8]?
    /// No key within the bounds is less than this.
    let lowest: [UInt8]

    /// The bounds of a request that is positioned by key.
    init(prefix: String, after: ObjectKey?) {
        self.prefix = Array(prefix.utf8)
        self.after = after.map { Array($0.string.utf8) }
        if let after = self.after, ByteOrder.compare(after, self.prefix) > 0 {
            lowest = after
        } else {
            lowest = self.prefix
        }
    }

    /// Whether the key is within the bounds.
    func contain(_ key: [UInt8]) -> Bool {
        guard key.starts(with: prefix) else { return false }
        guard let after else { return true }
        return ByteOrder.compare(key, after) > 0
    }

    /// Whether the bytes, and with them all that are greater, come after every key within the bounds.
    func end(before bytes: [UInt8]) -> Bool {
        !bytes.starts(with: prefix) && ByteOrder.compare(bytes, prefix) > 0
    }
}
