internal import CCurl

/// What libcurl is on this system.
enum Curl {
    /// Sets libcurl up, once; false when that fails.
    static let isReady = curl_global_init(Int(CURL_GLOBAL_SSL | CURL_GLOBAL_WIN32)) == CURLE_OK

    /// Whether libcurl knows a file with the system's authorities, and not only a directory.
    static let hasAuthorityFile = version_info()?.pointee.cainfo != nil
}
