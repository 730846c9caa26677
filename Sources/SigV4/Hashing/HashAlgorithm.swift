internal import COpenSSL

/// A hash function of OpenSSL, fetched once: a fetch by name costs more than hashing a short message.
struct HashAlgorithm: @unchecked Sendable {
    // Immutable once fetched, and never freed: OpenSSL counts references to it atomically.
    let handle: OpaquePointer?
    let name: String

    private init(_ name: String) {
        self.name = name
        handle = EVP_MD_fetch(nil, name, nil)
    }

    static let sha256 = HashAlgorithm("SHA256")
    static let md5 = HashAlgorithm("MD5")
}
