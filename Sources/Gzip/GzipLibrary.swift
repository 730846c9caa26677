internal import CZlib

/// The C library under this module.
public enum GzipLibrary {
    /// Its name and version.
    public static var version: String { zlibVersion().map { "zlib " + String(cString: $0) } ?? "zlib" }
}
