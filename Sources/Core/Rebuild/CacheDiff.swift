/// The differences between a listed part of a bucket and the same part of its cache.
public struct CacheDiff: Sendable {
    /// Objects whose rows are to be added, brought up to date or made more exact, in key order.
    public private(set) var written: [ObjectSummary] = []
    /// Filenames of rows whose objects are gone, in order.
    public private(set) var removed: [ObjectKey] = []
    /// How many of `written` have no row yet.
    public private(set) var added = 0
    /// How many rows agree with their objects, those of `refined` included.
    public private(set) var unchanged = 0
    /// How many of `written` have a row that agrees but for the fraction of a second, which only listings tell.
    public private(set) var refined = 0
    /// How many rows were in state present.
    public private(set) var presentRows = 0
    /// How many of `removed` were in state present.
    public private(set) var presentRemoved = 0

    /// How many of `written` have a row that says something else.
    public var updated: Int { written.count - added - refined }

    /// Merges two streams, both strictly ascending; `prefixLength` bytes of each key are not part of the filename.
    public init(listed: [ObjectSummary], cached: [CachedRow], prefixLength: Int) {
        var rows = cached[...]
        for object in listed {
            let filename = object.key.dropping(prefixOfLength: prefixLength)
            while let row = rows.first, row.filename < filename {
                remove(row)
                rows.removeFirst()
            }
            if let row = rows.first, row.filename == filename {
                rows.removeFirst()
                presentRows += row.isPresent ? 1 : 0
                switch row.agreement(with: object) {
                case .exact:
                    unchanged += 1
                case .toTheSecond:
                    unchanged += 1
                    refined += 1
                    written.append(object)
                case .none:
                    written.append(object)
                }
            } else {
                written.append(object)
                added += 1
            }
        }
        for row in rows { remove(row) }
    }

    private mutating func remove(_ row: CachedRow) {
        removed.append(row.filename)
        presentRows += row.isPresent ? 1 : 0
        presentRemoved += row.isPresent ? 1 : 0
    }
}
