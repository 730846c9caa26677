/// The differences between listed parts of a bucket and the same parts of its cache.
public struct CacheDiff: Sendable {
    /// Objects whose rows are to be added, brought up to date or made more exact, in key order within each part.
    public private(set) var written: [ObjectSummary] = []
    /// Filenames of rows whose objects are gone, in order within each part.
    public private(set) var removed: [ObjectKey] = []
    /// How many of `written` have no row yet.
    public private(set) var added = 0
    /// How many rows agree with their objects, those of `refined` included, or are newer than the listing.
    public private(set) var unchanged = 0
    /// How many of `written` have a row that agrees but for the fraction of a second, which only listings tell.
    public private(set) var refined = 0
    /// How many rows were in state present.
    public private(set) var presentRows = 0
    /// How many of `removed` were in state present.
    public private(set) var presentRemoved = 0

    /// How many of `written` have a row that says something else.
    public var updated: Int { written.count - added - refined }
    /// How many changes there are.
    public var count: Int { written.count + removed.count }

    private let keepsUnlisted: Bool

    /// None yet. Where rows without objects are to be kept, they are no difference.
    public init(keepsUnlisted: Bool = false) { self.keepsUnlisted = keepsUnlisted }

    /// Merges two streams, both strictly ascending; `prefixLength` bytes of each key are not part of the filename.
    public init(listed: [ObjectSummary], cached: [CachedRow], prefixLength: Int) {
        self.init()
        compare(listed: listed[...], cached: cached[...], prefixLength: prefixLength)
    }

    /// Adds the differences of one more part, of which all objects and all rows are given, strictly ascending;
    /// `prefixLength` bytes of each key are not part of the filename.
    public mutating func compare(
        listed: ArraySlice<ObjectSummary>, cached: ArraySlice<CachedRow>, prefixLength: Int
    ) {
        var next = cached.startIndex
        for object in listed {
            let filename = object.key.dropping(prefixOfLength: prefixLength)
            var order = 1
            while next < cached.endIndex {
                order = ObjectKey.compare(cached[next].filename, filename)
                guard order < 0 else { break }
                remove(cached[next])
                next += 1
            }
            if next < cached.endIndex, order == 0 {
                let row = cached[next]
                next += 1
                presentRows += row.isPresent ? 1 : 0
                guard !row.isNewer else {
                    unchanged += 1
                    continue
                }
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
        for row in cached[next...] { remove(row) }
    }

    private mutating func remove(_ row: CachedRow) {
        presentRows += row.isPresent ? 1 : 0
        guard !row.isNewer, !keepsUnlisted else { return }
        removed.append(row.filename)
        presentRemoved += row.isPresent ? 1 : 0
    }
}
