internal import Adapters
internal import Core
internal import Foundation
internal import S3
internal import Worker

/// Where the objects are, as the environment says.
struct ObjectStoreSetup {
    let provider: any ObjectStoreProvider
    /// Reads inventories of the buckets; nil for the local directory, which has none.
    var inventoryReader: (any InventoryReader)? { buckets.map { ObjectStoreInventoryReader(stores: $0) } }
    /// What URLs are signed with.
    let signingKeys: any SigningKeySource
    /// The files that jobs may upload.
    let files: FileRoots
    /// Where copies are kept while a bucket is away; nil where none are, and for the local directory.
    let copies: DirectoryCopies?
    /// For people.
    let description: String
    /// Settings of the environment that apply in SQL where a cache has none.
    let defaults: [String: String]
    /// S3's buckets; nil for the local directory.
    let buckets: S3StoreProvider?
    /// A PEM file with the authorities to trust instead of the system's.
    let authorityBundlePath: String?
    /// Whether nothing may be written: `DRY_RUN`. Then no store that is given writes.
    let isDryRun: Bool

    /// Throws `CommandFailure` and `StoreError` where the environment cannot be followed.
    init(
        environment variables: [String: String] = ProcessInfo.processInfo.environment,
        writeTimeout: Duration = WorkerSettings().writeTimeout, connections: Int = 64,
        observe: @escaping Observe = { _ in }
    ) throws {
        let environment: S3Environment
        do {
            environment = try S3Environment(variables)
        } catch {
            throw CommandFailure(message: error.message + ".")
        }
        authorityBundlePath = environment.authorityBundlePath
        isDryRun = environment.isDryRun
        files = try FileRoots(variables["S3CACHE_FILE_ROOTS", default: ""])
        guard environment.isConfigured else {
            let root = environment.directory
            if variables["S3CACHE_DIRECTORY", default: ""].isEmpty, !isDryRun {
                // The default is ours to make; a directory that somebody named may be a mount that is not there yet.
                try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
            }
            let directories = DirectoryStoreProvider(root: root)
            provider = isDryRun ? DryRunStoreProvider(directories) : directories
            signingKeys = directories
            description = "the local directory \(root) (S3 is not configured)"
            defaults = directories.defaults
            buckets = nil
            copies = nil
            return
        }
        let buckets = try S3StoreProvider(
            environment: environment, connections: connections, writeTimeout: writeTimeout, observe: observe)
        provider = isDryRun ? DryRunStoreProvider(buckets) : buckets
        signingKeys = buckets
        description = buckets.description
        defaults = buckets.defaults
        self.buckets = buckets
        copies = try FallbackSetup.copies(environment, variables)
    }

    /// The credentials, as people may see them; nil for the local directory. Throws where there are none.
    func describeCredentials() async throws -> String? { try await buckets?.describeCredentials() }
}
