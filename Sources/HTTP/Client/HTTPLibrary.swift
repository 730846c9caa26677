internal import CCurl

/// The C library under this module.
public enum HTTPLibrary {
    /// Its name and version, and that of what it does TLS with.
    public static var version: String {
        // As in `libcurl/7.88.1 OpenSSL/3.0.15 zlib/1.2.13`.
        let parts = curl_version().map { String(cString: $0).split(separator: " ").prefix(2) } ?? []
        return parts.map { $0.replacing("/", with: " ") }.joined(separator: " with ")
    }
}
