internal import Core
import Glibc

/// Reads one object.
struct ObjectReader {
    /// How often a file that moves away between being found and being opened is looked for again.
    private static let attempts = 100

    let root: DirectoryHandle
    let key: ObjectKey

    /// What is known of the object; nil if it does not exist.
    func summary() throws -> ObjectSummary? {
        try ObjectLocation.find(ObjectPath(key), in: root)?.status.summary(of: key)
    }

    /// The object's bytes, if it exists and has no more than `limit`.
    func contents(limit: Int) throws -> Contents {
        guard let object = try open() else { return .absent }
        guard let bytes = try object.file.readAll(limit: limit) else { return .tooLarge(object.summary.size) }
        var summary = object.summary
        summary.size = Int64(bytes.count)
        return .whole(ObjectContents(summary: summary, bytes: bytes))
    }

    /// The object, open for reading; nil if it does not exist.
    func open() throws -> OpenObject? {
        let path = ObjectPath(key)
        for _ in 0..<Self.attempts {
            guard let location = try ObjectLocation.find(path, in: root) else { return nil }
            guard let file = try location.directory.file(location.name) else { continue }
            let status = try file.status()
            guard status.kind == .regularFile else { continue }
            return OpenObject(file: file, summary: status.summary(of: key))
        }
        throw SystemFailure(code: EAGAIN, action: "open", path: root.path(of: key.string))
    }

    /// What reading an object came to.
    enum Contents {
        case absent
        case whole(ObjectContents)
        /// Not read; the size in bytes.
        case tooLarge(Int64)
    }
}
