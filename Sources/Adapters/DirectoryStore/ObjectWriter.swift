import Glibc

/// Moves a finished file to where the path of its key says, and makes room for it there.
///
/// A directory always has its canonical name, so a file that stands where a directory is needed steps aside to its
/// escaped name. Directories may vanish at any time, when the last object in them is deleted: then all begins anew.
struct ObjectWriter {
    /// How often to begin again before giving up.
    private static let attempts = 100

    private let root: DirectoryHandle
    private let lock: TreeLock

    init(root: DirectoryHandle) {
        self.root = root
        self.lock = TreeLock(root: root)
    }

    /// Makes `file` the object at `path`, atomically; returns when that has reached the disk. With `ifAbsent` only where there
    /// is no object: false where there is one.
    @discardableResult
    func store(_ file: consuming TemporaryFile, at path: ObjectPath, ifAbsent: Bool = false) throws -> Bool {
        let directory = try lock.withShared {
            ifAbsent ? try settleIfAbsent(&file, at: path) : try settle(&file, at: path)
        }
        try directory?.synchronize()
        return directory != nil
    }

    /// Moves the file to its place unless there is an object, and gives the directory it is in.
    ///
    /// Objects have two possible names, of which other writers may choose the other: so nobody may while this looks.
    private func settleIfAbsent(_ file: inout TemporaryFile, at path: ObjectPath) throws -> DirectoryHandle? {
        for _ in 0..<Self.attempts {
            try Task.checkCancellation()
            guard let parent = try makeDirectories(path.directories, in: root),
                let place = try place(of: path, in: parent)
            else { continue }
            let (isTaken, isDone) = try lock.withExclusive {
                guard try ObjectLocation.find(path, in: root) == nil else { return (true, false) }
                // A user's own file that comes in between is not replaced, where the file system has links.
                if file.appear(in: place.directory, as: place.name) { return (false, true) }
                guard try ObjectLocation.find(path, in: root) == nil else { return (true, false) }
                return (false, try file.replace(in: place.directory, as: place.name))
            }
            if isTaken { return nil }
            if isDone { return place.directory }
        }
        throw SystemFailure(code: EAGAIN, action: "store a file below", path: root.path())
    }

    /// Moves the file to its place, and gives the directory it is in.
    private func settle(_ file: inout TemporaryFile, at path: ObjectPath) throws -> DirectoryHandle {
        for _ in 0..<Self.attempts {
            try Task.checkCancellation()
            guard let parent = try makeDirectories(path.directories, in: root),
                let place = try place(of: path, in: parent)
            else { continue }
            if place.isFree, file.appear(in: place.directory, as: place.name) { return place.directory }
            let isReplaced = try lock.withExclusive { try file.replace(in: place.directory, as: place.name) }
            if isReplaced { return place.directory }
        }
        throw SystemFailure(code: EAGAIN, action: "store a file below", path: root.path())
    }

    /// Where the object is to be written: where it is, else under its plain name if that is free, else escaped.
    ///
    /// It never moves back from its escaped to its plain name: readers look at the plain one first and would miss it.
    private func place(of path: ObjectPath, in parent: DirectoryHandle) throws -> Place? {
        let escaped = try ObjectLocation.findEscaped(path.escaped, in: parent)
        if let plain = path.plain {
            switch try parent.status(of: plain)?.kind {
            case .regularFile: return Place(directory: parent, name: plain, isFree: false)
            case nil where escaped == nil: return Place(directory: parent, name: plain, isFree: true)
            case .directory, .other, nil: break
            }
        }
        guard let name = path.escaped.last,
            let directory = try makeDirectories(path.escaped.dropLast(), in: parent)
        else { return nil }
        return Place(directory: directory, name: name, isFree: escaped == nil)
    }

    private struct Place {
        let directory: DirectoryHandle
        let name: String
        /// Whether nothing has the name.
        let isFree: Bool
    }

    /// Opens the directories below `parent`, creating those that are missing; nil if one vanished meanwhile.
    private func makeDirectories(
        _ names: some Sequence<String>, in parent: DirectoryHandle
    ) throws -> DirectoryHandle? {
        var current = parent
        for name in names {
            guard let next = try current.directory(name) ?? makeDirectory(name, in: current) else { return nil }
            current = next
        }
        return current
    }

    private func makeDirectory(_ name: String, in parent: DirectoryHandle) throws -> DirectoryHandle? {
        switch try parent.status(of: name)?.kind {
        case nil:
            if try parent.makeDirectory(name) { try parent.synchronize() }
        case .regularFile:
            try moveAside(name, in: parent)
        case .other:
            throw SystemFailure(code: ENOTDIR, action: "open", path: parent.path(of: name))
        case .directory:
            break
        }
        return try parent.directory(name)
    }

    /// Renames the object whose plain name is needed for a directory to its escaped name, and makes the directory.
    private func moveAside(_ name: String, in parent: DirectoryHandle) throws {
        let component = KeyComponent(text: name)
        guard component.isSafe else {
            throw SystemFailure(code: ENOTDIR, action: "open", path: parent.path(of: name))
        }
        try lock.withExclusive {
            // Someone else may have done it, or deleted the file, before the lock was ours.
            guard try parent.status(of: name)?.kind == .regularFile else { return }
            let escaped = component.escapedFileNames
            guard let newName = escaped.last,
                let directory = try makeDirectories(escaped.dropLast(), in: parent),
                try parent.move(name, to: directory, as: newName)
            else { return }
            _ = try parent.makeDirectory(name)
            try directory.synchronize()
            try parent.synchronize()
        }
    }
}
