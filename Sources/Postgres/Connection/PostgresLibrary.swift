internal import CLibPQ

/// The C library under this module.
public enum PostgresLibrary {
    /// Its name and version.
    public static var version: String {
        let number = PQlibVersion()
        return "libpq \(number / 10_000).\(number % 10_000)"
    }
}
