internal import SigV4
import Glibc

/// The URL of a file on this machine (RFC 8089): `file:///srv/objects/a%20b.png`.
struct FileURL {
    /// The URL, percent-encoded, without a slash at its end.
    let text: String

    /// The file that is reached from a directory, whose path may be relative, by names.
    ///
    /// `.` and doubled slashes are left out. A `..` would be taken for the name before it by whoever reads the URL, which is
    /// wrong behind a symbolic link: where there is one the system resolves the path, if it exists.
    init(path: String, names: [String]) {
        var components = Self.components(
            path.utf8.first == UInt8(ascii: "/") ? path : Self.currentDirectory + "/" + path)
        if components.contains(".."), let resolved = realpath(path, nil) {
            components = Self.components(String(cString: resolved))
            free(resolved)
        }
        text = "file:///" + (components + names).map { PercentEncoding.encode($0) }.joined(separator: "/")
    }

    private static func components(_ path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }.filter { $0 != "." }
    }

    private static var currentDirectory: String {
        guard let path = getcwd(nil, 0) else { return "" }
        defer { free(path) }
        return String(cString: path)
    }
}
