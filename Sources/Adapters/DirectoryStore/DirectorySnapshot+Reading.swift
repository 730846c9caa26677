import Glibc

extension DirectorySnapshot {
    /// Reads a directory's names.
    convenience init(reading directory: DirectoryHandle) throws {
        let now = SystemTime.nanoseconds()
        let status = try directory.status()
        var names: [UInt8] = []
        var entries: [SnapshotEntry] = []
        try DirectoryNames.forEach(in: directory) { name, kind in
            if entries.count.isMultiple(of: 1024) { try Task.checkCancellation() }
            guard let isDirectory = try Self.isDirectory(name, kind, in: directory) else { return }
            let bytes = UnsafeRawBufferPointer(start: name, count: strlen(name))
            guard let kind = EntryKind(name: bytes, isDirectory: isDirectory) else { return }
            entries.append(SnapshotEntry(bytes, kind: kind, appendingTo: &names))
        }
        self.init(status: status, isSettled: status.isSettled(at: now), names: names, entries: entries)
    }

    /// Whether the name is a directory's; nil if it is neither a directory nor a regular file, or has vanished.
    private static func isDirectory(
        _ name: UnsafePointer<CChar>, _ kind: DirectoryNames.Kind, in directory: DirectoryHandle
    ) throws -> Bool? {
        switch kind {
        case .regularFile: return false
        case .directory: return true
        case .other: return nil
        case .unknown:
            switch try directory.status(of: name)?.kind {
            case .regularFile: return false
            case .directory: return true
            case .other, nil: return nil
            }
        }
    }
}
