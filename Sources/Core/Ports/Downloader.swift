/// Downloads from URLs that somebody else chose, and only from where the worker's operator lets them lead.
///
/// Wherever the URL, a name's addresses or a redirect lead, nothing is connected to that `DownloadRules` refuses; what is
/// sent holds no credential and no cookie.
public protocol Downloader: Sendable {
    /// Hands the bytes at the URL to the sink, chunk by chunk, and tells what they were.
    ///
    /// Throws `DownloadError`, what the sink throws, and `CancellationError` soon after the task is cancelled. Where it
    /// throws, the sink has an unknown part of the bytes, which may not be used.
    func download(
        _ url: UntrustedURL, limits: DownloadLimits, into sink: some DownloadSink
    ) async throws -> DownloadedHead
}

/// Takes the bytes of one download.
public protocol DownloadSink: Sendable {
    /// Takes the next bytes, at least one. The next call comes once this one has returned; what it throws ends the download.
    func write(_ bytes: [UInt8]) async throws
}
