internal import CCurl

extension EasyHandle {
    /// Sets everything but the body and the callbacks. To be called on a handle that was reset.
    func configure(_ prepared: PreparedRequest, _ settings: HTTPClientSettings) throws(HTTPError) {
        let request = prepared.request
        try configureProtocol(settings)
        try set(CURLOPT_URL, prepared.url.text)
        try set(CURLOPT_PATH_AS_IS, true)
        try configureAddresses(of: prepared.url, settings)
        switch settings.proxy {
        case .none:
            try set(CURLOPT_PROXY, "")
            // libcurl leaves a lone "?" out. With a proxy the request line has to say more than this.
            try set(CURLOPT_REQUEST_TARGET, prepared.url.target)
        case .server(let url):
            try set(CURLOPT_PROXY, url)
            try set(CURLOPT_NOPROXY, "")
            try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, true)
        case .environment:
            try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, true)
        }
        try configure(request.timeouts)
        try configure(request.tls)
        try setHeaders(prepared.headerLines)
    }

    /// Sets method and body. A nil length means chunks.
    func configure(upload length: Int64?, isUpload: Bool, method: HTTPMethod) throws(HTTPError) {
        if isUpload {
            try set(CURLOPT_UPLOAD, true)
            try set(CURLOPT_INFILESIZE_LARGE, offset: length ?? -1)
            try set(CURLOPT_UPLOAD_BUFFERSIZE, 256 << 10)
            if method != .put { try set(CURLOPT_CUSTOMREQUEST, method.rawValue) }
        } else if method == .head {
            try set(CURLOPT_NOBODY, true)
        } else {
            try set(CURLOPT_HTTPGET, true)
            if method != .get { try set(CURLOPT_CUSTOMREQUEST, method.rawValue) }
        }
    }

    private func configureAddresses(of url: RequestURL, _ settings: HTTPClientSettings) throws(HTTPError) {
        guard let resolver = settings.resolver else { return }
        let (host, port) = url.hostAndPort
        // No name.
        guard !host.hasPrefix("[") else { return }
        guard let addresses = resolver(host), !addresses.isEmpty else {
            // What was said before would stand.
            try setAddresses("-\(host):\(port)")
            return
        }
        let list = addresses.map { $0.isIPv4 ? "\($0)" : "[\($0)]" }.joined(separator: ",")
        try setAddresses("\(host):\(port):\(list)")
    }

    private func configureProtocol(_ settings: HTTPClientSettings) throws(HTTPError) {
        try set(CURLOPT_NOSIGNAL, true)
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_DISALLOW_USERNAME_IN_URL, true)
        try set(CURLOPT_FOLLOWLOCATION, false)
        try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        // Refused by a handle whose last transfer got no connection: it still has its buffer, of this size.
        try? set(CURLOPT_BUFFERSIZE, 512 << 10)
        try set(CURLOPT_TCP_KEEPALIVE, true)
        try set(CURLOPT_MAXAGE_CONN, settings.maximumIdleAge.wholeSeconds)
        // Otherwise an aborted request waits until the name service has answered.
        try set(CURLOPT_QUICK_EXIT, true)
    }

    private func configure(_ timeouts: HTTPTimeouts) throws(HTTPError) {
        try set(CURLOPT_CONNECTTIMEOUT_MS, timeouts.connect.wholeMilliseconds)
        if let total = timeouts.total { try set(CURLOPT_TIMEOUT_MS, total.wholeMilliseconds) }
        if let stall = timeouts.stall {
            try set(CURLOPT_LOW_SPEED_LIMIT, max(1, timeouts.minimumBytesPerSecond))
            try set(CURLOPT_LOW_SPEED_TIME, stall.wholeSeconds)
        }
    }

    private func configure(_ tls: HTTPTLSOptions) throws(HTTPError) {
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        let version = tls.minimumVersion == .tls13 ? CURL_SSLVERSION_TLSv1_3 : CURL_SSLVERSION_TLSv1_2
        try set(CURLOPT_SSLVERSION, Int(version))
        // One file only: authorities in a directory would be trusted too, and keep libcurl from caching what it has read.
        if let path = tls.authorityBundlePath { try set(CURLOPT_CAINFO, path) }
        if tls.authorityBundlePath != nil || Curl.hasAuthorityFile { try set(CURLOPT_CAPATH, nil) }
        try set(CURLOPT_CA_CACHE_TIMEOUT, 60)
    }
}
