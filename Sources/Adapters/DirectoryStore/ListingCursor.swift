/// A position among the names of one directory during a listing.
struct ListingCursor {
    /// What the key of every object in the directory begins with, then what the name at the position adds: a whole key
    /// if it is a file's, and not greater than any key inside if it is a directory's.
    private(set) var head: [UInt8]
    /// The directory, while it is open.
    var directory: DirectoryHandle?
    /// The names that lead to the directory from the root.
    let path: [String]
    private let snapshot: DirectorySnapshot
    private let baseLength: Int
    /// The lengths of the pieces that a long component has had so far, in the directories around this one.
    private let pieceLengths: [Int]
    /// Indices to visit before `next`, the first one last.
    private var earlier: [Int] = []
    private var next: Int
    private var current: Int?

    /// A cursor at the first name that can be part of a key that is not less than `lowest`.
    init(
        base: [UInt8], pieceLengths: [Int] = [], directory: DirectoryHandle, snapshot: DirectorySnapshot,
        lowest: [UInt8]
    ) {
        head = base
        baseLength = base.count
        self.pieceLengths = pieceLengths
        self.directory = directory
        path = directory.names
        self.snapshot = snapshot
        next = 0
        if lowest.starts(with: base) {
            seek(lowest[base.count...])
        } else if ByteOrder.compare(base, lowest) < 0 {
            next = snapshot.count
        }
        advance()
    }

    /// Whether all names have been visited.
    var isAtEnd: Bool { current == nil }

    /// What the name at the position stands for, judged by the name and the directories it is in.
    var kind: EntryKind {
        guard let current else { return .stray }
        let kind = snapshot.kind(at: current)
        return isCanonical(kind) ? kind : .stray
    }

    /// The name at the position, if it is UTF-8.
    var name: String? { current.flatMap(snapshot.name) }

    /// The last component of the head, if it is UTF-8.
    var component: KeyComponent? {
        let start = baseLength - pieceLengths.reduce(0, +)
        let bytes = head[start...].dropLast(head.last == UInt8(ascii: "/") ? 1 : 0)
        return String(validating: bytes, as: UTF8.self).map(KeyComponent.init)
    }

    /// The piece lengths for the cursor of the directory at the position.
    var innerPieceLengths: [Int] {
        current.map(snapshot.kind) == .chunk ? pieceLengths + [head.count - baseLength] : []
    }

    /// What is known of the name at the position in the open directory.
    func status(in directory: DirectoryHandle) throws -> FileStatus? {
        guard let current else { return nil }
        return try snapshot.withName(at: current) { try directory.status(of: $0) }
    }

    /// Goes to the next name.
    mutating func advance() {
        if let index = earlier.popLast() {
            current = index
        } else if next < snapshot.count {
            current = next
            next += 1
        } else {
            current = nil
            return
        }
        head.removeSubrange(baseLength...)
        if let current { snapshot.appendSortKey(at: current, to: &head) }
    }

    /// Goes to the first name that is not less than `lowest`.
    ///
    /// Directories before it may hold greater keys: the one that `lowest` is in, named by its beginning up to
    /// the slash, and those of long components that begin as `lowest` does. They are visited first.
    private mutating func seek(_ lowest: ArraySlice<UInt8>) {
        next = snapshot.lowerBound(lowest)
        let component = lowest.prefix { $0 != UInt8(ascii: "/") }
        var beginnings = KeyComponent.chunkLengths.filter { $0 <= component.count }.map { component.prefix($0) }
        if component.count < lowest.count { beginnings.append(lowest.prefix(component.count + 1)) }
        let indices = beginnings.flatMap { snapshot.indices(of: $0) }
        earlier = indices.filter { $0 < next && snapshot.kind(at: $0).isDirectory }.reversed()
    }

    /// Whether the store itself would use this name for the component here: only then is it that component's.
    private func isCanonical(_ kind: EntryKind) -> Bool {
        switch kind {
        case .stray: return false
        case .file, .directory: return pieceLengths.isEmpty
        case .chunk: return KeyComponent.chunkLengths.contains(head.count - baseLength)
        case .escapedFile, .escapedDirectory:
            guard let component else { return false }
            if kind == .escapedDirectory, component.isSafe { return false }
            let lastLength = head.count - baseLength - (kind.endsComponent ? 1 : 0)
            return component.pieces.map(\.utf8.count) == pieceLengths + [lastLength]
        }
    }
}
