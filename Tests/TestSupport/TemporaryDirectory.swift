import Foundation

/// A new empty directory, removed with all that is in it when the last reference goes.
public final class TemporaryDirectory: Sendable {
    /// Where it is.
    public let path: String

    /// Makes a directory that only this user can enter.
    public init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "s3cache-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        path = url.path
    }

    deinit {
        // What cannot be removed is left to the system: a test has no use for the error.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of something below the directory.
    public func path(of name: String) -> String {
        path + "/" + name
    }

    /// Writes a file below the directory, with the directories above it, and returns its path.
    @discardableResult
    public func write(_ bytes: [UInt8], to name: String) throws -> String {
        let url = URL(fileURLWithPath: path(of: name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url.path
    }
}
