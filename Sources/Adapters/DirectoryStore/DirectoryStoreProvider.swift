package import Core
internal import Synchronization

/// The embedded default: every cache's bucket is a directory below one root, or the root itself where none is named.
package final class DirectoryStoreProvider: ObjectStoreProvider {
    /// So many stores are kept, with what they remember of their directories; one more makes room by dropping all.
    private static let storesKept = 4
    /// So many names of directories all kept stores together may remember.
    private static let namesKept = 8_000_000

    private let root: String
    private let stores = Mutex<[String?: DirectoryStore]>([:])

    /// Stores below a directory, which must exist when they are used.
    package init(root: String) { self.root = root }

    /// What SQL applies where a cache says nothing: for `s3cache.cache`. The URL of the root stands for an endpoint, so that
    /// SQL makes `file://` URLs; one that is too long to be published is left out.
    package var defaults: [String: String] {
        let url = FileURL(path: root, names: []).text
        return url.utf8.count <= 2_048 ? ["endpoint": url] : [:]
    }

    package func store(for configuration: CacheConfiguration) throws -> any ObjectStore {
        try stores.withLock { stores in
            if let store = stores[configuration.bucket] { return store }
            let store = try DirectoryStore(
                root: root, bucket: configuration.bucket, cachedNames: Self.namesKept / Self.storesKept)
            if stores.count >= Self.storesKept { stores.removeAll() }
            stores[configuration.bucket] = store
            return store
        }
    }
}
