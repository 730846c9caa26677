internal import Core
import Glibc

/// Which directory is the bucket.
struct DirectoryBase: Sendable {
    /// The directory that buckets are in, or that is the bucket.
    let root: String
    private let subdirectory: String?
    /// The bucket's path, for messages.
    let path: String

    /// The directory `root`, or the one of the name `bucket` in it.
    init(root: String, bucket: String?) throws(StoreError) {
        self.root = root
        subdirectory = bucket
        path = bucket.map { root + "/" + $0 } ?? root
        guard !root.isEmpty, !root.utf8.contains(0) else {
            throw missing("The directory of the objects needs a path; set S3CACHE_DIRECTORY to it.", "ListObjectsV2")
        }
        guard let bucket else { return }
        let isOneName = !bucket.utf8.contains(UInt8(ascii: "/")) && !bucket.utf8.contains(0)
        guard isOneName, KeyComponent(text: bucket).isSafe else {
            let name = ObjectKey(bucket).quoted
            throw missing("\(name) cannot be the name of a bucket; choose a plain directory name.", "ListObjectsV2")
        }
    }

    /// Opens the directory, anew for each call: it may have been replaced.
    func open(operation: String) throws -> DirectoryHandle {
        let top = try openRoot(operation: operation)
        guard let subdirectory else { return top }
        guard let directory = try top.directory(subdirectory) else { throw missing(advice, operation) }
        return directory
    }

    private func openRoot(operation: String) throws -> DirectoryHandle {
        do {
            return try DirectoryHandle.open(root: root)
        } catch {
            switch error.code {
            case ENOENT: throw missing(advice, operation)
            case ENOTDIR:
                let name = ObjectKey(root).quoted
                throw missing("\(name) is not a directory; set S3CACHE_DIRECTORY to one.", operation)
            default: throw error
            }
        }
    }

    private var advice: String {
        "The directory \(ObjectKey(path).quoted) does not exist; "
            + "create it or set S3CACHE_DIRECTORY to the one that holds the objects."
    }

    private func missing(_ message: String, _ operation: String) -> StoreError {
        StoreError(.noSuchBucket, message, operation: operation, bucket: path)
    }
}
