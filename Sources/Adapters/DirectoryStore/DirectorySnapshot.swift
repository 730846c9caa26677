/// The names in one directory at one moment, sorted as the keys that they are part of.
///
/// It knows nothing of the keys' beginnings, so it stays right when a directory above is renamed.
final class DirectorySnapshot: Sendable {
    /// The directory just before it was read.
    let status: FileStatus
    /// Whether every later change of the directory will show in its `status`.
    let isSettled: Bool
    private let names: [UInt8]
    private let entries: [SnapshotEntry]

    /// A snapshot of names that are laid out as `SnapshotEntry` says.
    init(status: FileStatus, isSettled: Bool, names: [UInt8], entries unsorted: [SnapshotEntry]) {
        self.status = status
        self.isSettled = isSettled
        self.names = names
        self.entries = names.withUnsafeBytes { names in
            unsorted.sorted { left, right in
                let order = ByteOrder.compare(left.sortKey(in: names), right.sortKey(in: names))
                return order == 0 ? left.kind.rawValue < right.kind.rawValue : order < 0
            }
        }
    }

    /// The number of names.
    var count: Int { entries.count }

    /// What the name at `index` stands for.
    func kind(at index: Int) -> EntryKind { entries[index].kind }

    /// The name at `index`, if it is UTF-8.
    func name(at index: Int) -> String? {
        String(validating: names[entries[index].nameRange], as: UTF8.self)
    }

    /// Gives `body` the name at `index` as C wants it, whatever its bytes.
    func withName<Value>(at index: Int, _ body: (UnsafePointer<CChar>) throws -> Value) rethrows -> Value {
        // The zero included, the range is never empty.
        let offset = entries[index].nameRange.lowerBound
        return try names[offset...].withUnsafeBufferPointer { bytes in
            try bytes.withMemoryRebound(to: CChar.self) { characters in
                try characters.baseAddress.map(body) ?? "".withCString(body)
            }
        }
    }

    /// Appends what the name at `index` adds to a key: the name without its marker, and the slash of a directory.
    func appendSortKey(at index: Int, to key: inout [UInt8]) {
        names.withUnsafeBytes { key.append(contentsOf: entries[index].sortKey(in: $0)) }
    }

    /// The first index whose sort key is not less than `wanted`; `count` if all are less.
    func lowerBound(_ wanted: ArraySlice<UInt8>) -> Int { firstIndex(comparedWith: wanted) { $0 >= 0 } }

    /// The indices whose sort key is exactly `wanted`.
    func indices(of wanted: ArraySlice<UInt8>) -> Range<Int> {
        lowerBound(wanted)..<firstIndex(comparedWith: wanted) { $0 > 0 }
    }

    /// The first index whose comparison with `wanted` fulfils a condition that, once true, stays true.
    private func firstIndex(comparedWith wanted: ArraySlice<UInt8>, where isReached: (Int) -> Bool) -> Int {
        names.withUnsafeBytes { names in
            wanted.withUnsafeBytes { wanted in
                var low = 0
                var high = entries.count
                while low < high {
                    let middle = low + (high - low) / 2
                    if isReached(ByteOrder.compare(entries[middle].sortKey(in: names), wanted)) {
                        high = middle
                    } else {
                        low = middle + 1
                    }
                }
                return low
            }
        }
    }
}
