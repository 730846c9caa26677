internal import Adapters
internal import Core
internal import Foundation

/// What a worker downloads with, as its environment says.
enum DownloadSetup {
    /// A downloader of its own, for so many downloads at a time. Throws `DownloadError` where the environment cannot be
    /// followed.
    static func downloader(
        environment variables: [String: String] = ProcessInfo.processInfo.environment, concurrency: Int
    ) throws -> HTTPDownloader {
        var settings = HTTPDownloaderSettings()
        settings.maximumConcurrentDownloads = concurrency
        return try HTTPDownloader(DownloadRules(environment: variables), settings)
    }

    /// The system's directory for temporary files: `TMPDIR`, else `/tmp`.
    static func scratch() -> ScratchDirectory { ScratchDirectory(FileManager.default.temporaryDirectory.path) }
}
