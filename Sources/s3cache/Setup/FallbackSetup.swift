internal import Adapters
internal import S3

/// Where copies are kept while the bucket is away, as the environment says.
enum FallbackSetup {
    /// The directory of the copies; nil where there are to be none. Throws `CommandFailure` and `StoreError` where the
    /// environment cannot be followed.
    static func copies(_ environment: S3Environment, _ variables: [String: String]) throws -> DirectoryCopies? {
        switch variables["S3CACHE_FALLBACK", default: ""] {
        case "", "on": break
        case "off": return nil
        default: throw CommandFailure(message: "S3CACHE_FALLBACK takes on or off.")
        }
        let base = variables["S3CACHE_LOCAL_URL", default: ""]
        guard base.isEmpty || base.wholeMatch(of: /https?:\/\/[^\/?#\s]+(\/[^?#\s]*)?/.ignoresCase()) != nil else {
            throw CommandFailure(
                message: "S3CACHE_LOCAL_URL takes the http or https URL under which S3CACHE_DIRECTORY is served.")
        }
        // The default is ours to make; a directory that somebody named may be a mount that is not there yet.
        return try DirectoryCopies(
            root: environment.directory, isMadeHere: variables["S3CACHE_DIRECTORY", default: ""].isEmpty,
            baseURL: base.isEmpty ? nil : base)
    }
}
