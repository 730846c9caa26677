/// The differences between a listed part of a bucket and the same part of its cache.
public struct CacheDiff: Sendable {
    /// Objects whose rows are to be added or brought up to date, in key order.
    public private(set) var written: [ObjectSummary] = []
    /// Filenames of rows whose objects are gone, in order.
    public private(set) var removed: [ObjectKey] = []
    /// How many of `written` have no row yet.
    public private(set) var added = 0
    /// How many rows agree with their objects.
    public private(set) var unchanged = 0
    /// How many rows were in state present.
    public private(set) var presentRows = 0
    /// How many of `removed` were in state present.
    public private(set) var presentRemoved = 0

    /// How many of `written` have a row that says something else.
    public var updated: Int { written.count - added }

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
                if row.agrees(with: object) {
                    unchanged += 1
                } else {
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
