internal import CCurl

/// Owns a `CURL` with what libcurl only points to: its lists of headers and addresses, and its buffer for errors. Used on one thread.
final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var addresses: UnsafeMutablePointer<curl_slist>?

    /// Throws `resourcesExhausted` when there is no memory.
    init() throws(HTTPError) {
        guard let pointer = curl_easy_init() else { throw Self.outOfMemory }
        self.pointer = pointer
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(pointer)
        curl_slist_free_all(headers)
        curl_slist_free_all(addresses)
        errorText.deallocate()
    }

    /// Forgets all options; libcurl's caches stay.
    func reset() {
        curl_easy_reset(pointer)
        curl_slist_free_all(headers)
        headers = nil
        curl_slist_free_all(addresses)
        addresses = nil
        errorText[0] = 0
        _ = easy_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorText)
    }

    /// What libcurl says about the failure of the transfer.
    var failureText: String { String(cString: errorText) }

    // MARK: Options

    func set(_ option: CURLoption, _ value: Int) throws(HTTPError) {
        try check(easy_set_long(pointer, option, value), option)
    }

    func set(_ option: CURLoption, _ value: Bool) throws(HTTPError) {
        try set(option, value ? 1 : 0)
    }

    func set(_ option: CURLoption, offset value: Int64) throws(HTTPError) {
        try check(easy_set_offset(pointer, option, curl_off_t(value)), option)
    }

    /// nil restores libcurl's own default, which is nothing as a rule.
    func set(_ option: CURLoption, _ value: String?) throws(HTTPError) {
        try check(easy_set_text(pointer, option, value), option)
    }

    func setHeaders(_ lines: [String]) throws(HTTPError) {
        for line in lines {
            guard let longer = curl_slist_append(headers, line) else { throw Self.outOfMemory }
            headers = longer
        }
        try check(easy_set_headers(pointer, headers), CURLOPT_HTTPHEADER)
    }

    /// What the name service would say of a host at a port, in the form of CURLOPT_RESOLVE. Replaces what was said before.
    func setAddresses(_ line: String) throws(HTTPError) {
        guard let longer = curl_slist_append(addresses, line) else { throw Self.outOfMemory }
        addresses = longer
        try check(easy_set_resolve(pointer, addresses), CURLOPT_RESOLVE)
    }

    func check(_ code: CURLcode, _ option: CURLoption) throws(HTTPError) {
        guard code == CURLE_OK else {
            throw HTTPError(.unexpected, "this libcurl refuses option \(option.rawValue)")
        }
    }

    // MARK: Information

    func number(_ info: CURLINFO) -> Int { easy_get_long(pointer, info) }

    /// nil for zero: it did not happen.
    func duration(_ info: CURLINFO) -> Duration? {
        let microseconds = easy_get_offset(pointer, info)
        return microseconds > 0 ? .microseconds(microseconds) : nil
    }

    /// Where the connection goes; nil before there is one.
    var remoteAddress: SocketAddress? {
        guard let text = easy_get_text(pointer, CURLINFO_PRIMARY_IP), let address = IPAddress(String(cString: text)),
            let port = UInt16(exactly: number(CURLINFO_PRIMARY_PORT))
        else { return nil }
        return SocketAddress(address: address, port: port)
    }

    /// When things have happened until now.
    var timings: HTTPTimings {
        let isReused = number(CURLINFO_NUM_CONNECTS) == 0
        return HTTPTimings(
            connect: isReused ? nil : duration(CURLINFO_APPCONNECT_TIME_T) ?? duration(CURLINFO_CONNECT_TIME_T),
            firstByte: duration(CURLINFO_STARTTRANSFER_TIME_T) ?? .zero)
    }

    private static var outOfMemory: HTTPError { HTTPError(.resourcesExhausted, "libcurl is out of memory") }
}
