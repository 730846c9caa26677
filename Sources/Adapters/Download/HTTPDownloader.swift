public import Core
internal import HTTP
internal import SigV4

/// Downloads by HTTP/1.1, with a client that is used for nothing else.
///
/// What a name leads to is judged by the address that is about to be connected to, and again before an idle connection is
/// used: a name service that changes its mind gains nothing. Redirects are followed one by one, each judged like the first
/// URL. Nothing of the environment is heeded: no proxy, no `.netrc`, no cookies.
public struct HTTPDownloader: Downloader {
    private let client: HTTPClient
    private let rules: DownloadRules
    private let settings: HTTPDownloaderSettings

    /// A downloader that has connected to nothing yet. Throws `exhausted` when the system has no thread or memory left.
    public init(_ rules: DownloadRules, _ settings: HTTPDownloaderSettings = .init()) throws(DownloadError) {
        var client = HTTPClientSettings()
        client.maximumConcurrentRequests = max(1, settings.maximumConcurrentDownloads)
        client.maximumHeaderBytes = settings.maximumHeaderBytes
        client.proxy = .none
        client.addressPolicy = { target in
            guard let address = InternetAddress(bytes: target.address.bytes) else { return false }
            return rules.ports.contains(target.port) && rules.addresses.permits(address)
        }
        if let resolver = settings.resolver {
            client.resolver = { resolver($0)?.compactMap { IPAddress($0) } }
        }
        do {
            self.client = try HTTPClient(client)
        } catch {
            throw DownloadError(error, host: nil, limits: nil)
        }
        self.rules = rules
        self.settings = settings
    }

    /// Waits for its turn while `maximumConcurrentDownloads` are on their way; that time counts too.
    ///
    /// Of the body, 256 KiB are kept at most while the sink is busy.
    public func download(
        _ url: UntrustedURL, limits: DownloadLimits, into sink: some DownloadSink
    ) async throws -> DownloadedHead {
        let end = settings.now() + limits.total
        var trail = try RedirectTrail(url, rules: rules, limit: limits.maximumRedirects)
        while true {
            let left = end - settings.now()
            guard left > .zero else { throw DownloadError.tooLong(trail.url.host.text, limits) }
            do {
                let response = try await client.stream(request(trail.url, limits, left: left))
                guard RedirectTrail.isRedirect(status: response.status) else {
                    return try await receive(response, from: trail.url, limits, into: sink)
                }
                // What a redirect says besides is not read.
                response.body.cancel()
                try trail.follow(response.headers.values("location"))
            } catch let error as HTTPError {
                throw DownloadError(error, host: trail.url.host.text, limits: limits)
            }
        }
    }

    /// Takes no more downloads, and returns when those under way are done. Cancelling the task that waits here aborts them.
    public func close() async {
        await client.close()
    }

    private func request(_ url: UntrustedURL, _ limits: DownloadLimits, left: Duration) -> HTTPRequest {
        var request = HTTPRequest(
            .get, url.text,
            headers: ["User-Agent": settings.userAgent, "Accept": "*/*", "Accept-Encoding": "identity"])
        request.timeouts.connect = min(limits.connect, left)
        request.timeouts.total = left
        request.timeouts.stall = limits.stall
        request.tls.authorityBundlePath = settings.authorityBundlePath
        return request
    }

    private func receive(
        _ response: HTTPStreamedResponse, from url: UntrustedURL, _ limits: DownloadLimits, into sink: some DownloadSink
    ) async throws -> DownloadedHead {
        let host = url.host.text
        try DownloadAnswer.check(response, host: host, maximumBytes: limits.maximumBytes)
        var size = 0
        var sha256 = SHA256()
        var md5 = MD5()
        for try await chunk in response.body {
            guard chunk.count <= limits.maximumBytes - size else {
                throw DownloadError.tooLarge(host, limits.maximumBytes)
            }
            size += chunk.count
            sha256.update(chunk)
            md5.update(chunk)
            try await sink.write(chunk)
        }
        return DownloadedHead(
            finalURL: url, contentType: DownloadAnswer.contentType(response.headers), size: size,
            sha256: try sha256.finalize().bytes,
            // A system in FIPS mode has none.
            md5: try? md5.finalize())
    }
}
