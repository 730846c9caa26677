internal import Adapters
internal import Core
internal import Foundation

/// Where the objects are, as the environment says.
struct ObjectStoreSetup {
    let provider: any ObjectStoreProvider
    /// For people.
    let description: String

    /// Throws `CommandFailure` where the environment cannot be followed.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let chosen = environment["S3CACHE_DIRECTORY"].flatMap { $0.isEmpty ? nil : $0 }
        let s3Names = [
            "AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "S3_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_ENDPOINT_URL_S3",
            "AWS_ENDPOINT_URL", "AWS_S3_ENDPOINT_URL", "S3_SERVER_URL",
        ]
        if chosen == nil, let name = s3Names.first(where: { !(environment[$0] ?? "").isEmpty }) {
            throw CommandFailure(
                message: "\(name) asks for S3, which this version does not support yet; unset it, or set "
                    + "S3CACHE_DIRECTORY to a directory of objects.")
        }
        let root = chosen ?? "./s3cache-data"
        if chosen == nil {
            // The default is ours to make; a directory that somebody named may be a mount that is not there yet.
            try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        }
        provider = DirectoryStoreProvider(root: root)
        description = "the local directory \(root) (S3 is not configured)"
    }
}
