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
    /// For people.
    let description: String
    /// Settings of the environment that apply in SQL where a cache has none.
    let defaults: [String: String]
    private let buckets: S3StoreProvider?

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
        // Whoever sets it counts on nothing being written.
        guard !environment.isDryRun else {
            throw CommandFailure(message: "DRY_RUN is not supported yet by this version of s3cache; unset it.")
        }
        guard environment.isConfigured else {
            let root = environment.directory
            if variables["S3CACHE_DIRECTORY", default: ""].isEmpty {
                // The default is ours to make; a directory that somebody named may be a mount that is not there yet.
                try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
            }
            let directories = DirectoryStoreProvider(root: root)
            provider = directories
            signingKeys = directories
            description = "the local directory \(root) (S3 is not configured)"
            defaults = directories.defaults
            buckets = nil
            return
        }
        let buckets = try S3StoreProvider(
            environment: environment, connections: connections, writeTimeout: writeTimeout, observe: observe)
        provider = buckets
        signingKeys = buckets
        description = buckets.description
        defaults = buckets.defaults
        self.buckets = buckets
    }

    /// The credentials, as people may see them; nil for the local directory. Throws where there are none.
    func describeCredentials() async throws -> String? { try await buckets?.describeCredentials() }
}
