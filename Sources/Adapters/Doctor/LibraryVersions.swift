internal import Gzip
internal import HTTP
internal import Postgres
internal import S3
internal import SigV4

/// What runs under s3cache.
package enum LibraryVersions {
    /// The C libraries, each by name and version.
    package static var all: [String] {
        [
            PostgresLibrary.version, HTTPLibrary.version, CryptoLibrary.version, XMLLibrary.version,
            GzipLibrary.version,
        ]
    }
}
