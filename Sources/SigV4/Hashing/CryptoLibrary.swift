internal import COpenSSL

/// The C library that this module hashes with.
public enum CryptoLibrary {
    /// Its name and version.
    public static var version: String {
        OpenSSL_version(OPENSSL_VERSION_STRING).map { "OpenSSL " + String(cString: $0) } ?? "OpenSSL"
    }
}
