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
        let path = ObjectPath(key)
        for _ in 0..<Self.attempts {
            guard let location = try ObjectLocation.find(path, in: root) else { return .absent }
            guard let file = try location.directory.file(location.name) else { continue }
            let status = try file.status()
            guard status.kind == .regularFile else { continue }
            guard let bytes = try file.readAll(limit: limit) else { return .tooLarge(status.size) }
            return .bytes(bytes)
        }
        throw SystemFailure(code: EAGAIN, action: "open", path: root.path(of: key.string))
    }

    /// What reading an object came to.
    enum Contents {
        case absent
        case bytes([UInt8])
        /// Not read; the size in bytes.
        case tooLarge(Int64)
    }
}
