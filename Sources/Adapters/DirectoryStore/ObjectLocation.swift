/// The file that holds an object at the moment.
struct ObjectLocation {
    /// The directory the file is in.
    let directory: DirectoryHandle
    /// Its name there.
    let name: String
    /// What is known of it.
    let status: FileStatus
}

extension ObjectLocation {
    /// Finds the file of a path; nil if there is none. Links, FIFOs, sockets and devices are not objects.
    ///
    /// The order matters: a file moves only from its plain to its escaped name, so looking there second cannot miss it.
    static func find(_ path: ObjectPath, in root: DirectoryHandle) throws -> ObjectLocation? {
        guard let parent = try root.directory(path.directories) else { return nil }
        if let plain = path.plain, let location = try find(plain, in: parent) { return location }
        return try findEscaped(path.escaped, in: parent)
    }

    /// Finds the file that has an escaped name, given as the directories below `parent` and the name.
    static func findEscaped(_ names: [String], in parent: DirectoryHandle) throws -> ObjectLocation? {
        guard let name = names.last, let directory = try parent.directory(names.dropLast()) else { return nil }
        return try find(name, in: directory)
    }

    private static func find(_ name: String, in directory: DirectoryHandle) throws -> ObjectLocation? {
        guard let status = try directory.status(of: name), status.kind == .regularFile else { return nil }
        return ObjectLocation(directory: directory, name: name, status: status)
    }
}
