internal import Core

/// Walks a directory tree in the order of its keys and gathers one page of them.
///
/// One cursor for each directory entered; the one with the least head is last. Directories are contiguous in the order
/// of keys, and so a stack would do, but for long components: their directories interleave with the names beside them.
struct DirectoryListing {
    /// Directories kept open at a time; those above are opened again when it is their turn.
    private static let openLimit = 64

    private let root: DirectoryHandle
    private let bounds: ListingBounds
    private let limit: Int
    private let cache: SnapshotCache
    private let lock: TreeLock

    /// Sorted by descending head.
    private var cursors: [ListingCursor] = []
    private var objects: [ObjectSummary] = []
    private var isTruncated = false
    /// Names up to the last object that cannot be keys.
    private var unlistable = 0
    /// Such names since then; they are the next page's if another object follows.
    private var pendingUnlistable = 0

    init(root: DirectoryHandle, bounds: ListingBounds, limit: Int, cache: SnapshotCache) {
        self.root = root
        self.bounds = bounds
        self.limit = limit
        self.cache = cache
        lock = TreeLock(root: root)
    }

    /// The first `limit` keys within the bounds.
    mutating func page() throws -> ListingPage {
        try enter(root, base: [], pieceLengths: [])
        var visits = 0
        while let top = cursors.indices.last, !isTruncated, !bounds.end(before: cursors[top].head) {
            if visits.isMultiple(of: 256) { try Task.checkCancellation() }
            visits += 1
            try visit(top)
        }
        guard isTruncated, let last = objects.last else {
            return ListingPage(objects: objects, unlistable: unlistable + pendingUnlistable)
        }
        return ListingPage(objects: objects, next: .after(last.key), unlistable: unlistable)
    }

    private mutating func visit(_ top: Int) throws {
        let kind = cursors[top].kind
        guard kind != .stray, cursors[top].head.count <= ObjectKey.maximumLength, let name = cursors[top].name else {
            if bounds.contain(cursors[top].head) { pendingUnlistable += 1 }
            advance(top)
            return
        }
        if kind.isDirectory {
            let base = cursors[top].head
            let pieceLengths = cursors[top].innerPieceLengths
            let directory = try openDirectory(top)?.directory(name)
            advance(top)
            if let directory { try enter(directory, base: base, pieceLengths: pieceLengths) }
        } else {
            try visitFile(top, isPlain: kind == .file)
            advance(top)
        }
    }

    private mutating func visitFile(_ top: Int, isPlain: Bool) throws {
        guard bounds.contain(cursors[top].head) else { return }
        let key = ObjectKey(String(decoding: cursors[top].head, as: UTF8.self))
        // The second of two names for one key: the plain one came first and counts.
        if let last = objects.last, last.key == key { return }
        guard let status = try fileStatus(top, isPlain: isPlain) else { return }
        guard objects.count < limit else {
            isTruncated = true
            return
        }
        objects.append(status.summary(of: key))
        unlistable += pendingUnlistable
        pendingUnlistable = 0
    }

    /// What is known of the file at a cursor, if it is still there and a regular one.
    private mutating func fileStatus(_ top: Int, isPlain: Bool) throws -> FileStatus? {
        guard let directory = try openDirectory(top) else { return nil }
        if let status = try cursors[top].status(in: directory), status.kind == .regularFile { return status }
        // It may have stepped aside for a directory since its name was read.
        guard isPlain, let component = cursors[top].component else { return nil }
        return try ObjectLocation.findEscaped(component.escapedFileNames, in: directory)?.status
    }

    private mutating func openDirectory(_ top: Int) throws -> DirectoryHandle? {
        if let directory = cursors[top].directory { return directory }
        cursors[top].directory = try root.directory(cursors[top].path)
        return cursors[top].directory
    }

    private mutating func enter(_ directory: DirectoryHandle, base: [UInt8], pieceLengths: [Int]) throws {
        try Task.checkCancellation()
        let snapshot = try cache.snapshot(of: directory, lock: lock)
        let cursor = ListingCursor(
            base: base, pieceLengths: pieceLengths, directory: directory, snapshot: snapshot, lowest: bounds.lowest)
        guard !cursor.isAtEnd else { return }
        cursors.append(cursor)
        let distant = cursors.count - 1 - Self.openLimit
        if distant >= 0 { cursors[distant].directory = nil }
        restoreOrder(from: cursors.count - 1)
    }

    private mutating func advance(_ top: Int) {
        cursors[top].advance()
        if cursors[top].isAtEnd {
            cursors.removeLast()
        } else {
            restoreOrder(from: top)
        }
    }

    private mutating func restoreOrder(from top: Int) {
        var index = top
        while index > 0, cursors[index - 1].comes(before: cursors[index]) {
            cursors.swapAt(index - 1, index)
            index -= 1
        }
    }
}

extension ListingCursor {
    fileprivate func comes(before other: ListingCursor) -> Bool {
        let order = ByteOrder.compare(head, other.head)
        return order == 0 ? kind.rawValue < other.kind.rawValue : order < 0
    }
}
