public import Core

/// Keeps downloads in files without a name, on the file system of a directory.
public struct ScratchDirectory: ScratchSpace {
    private let path: String

    /// The directory at this path; it is looked for when the first download needs it.
    public init(_ path: String) { self.path = path }

    /// A new file. Throws `exhausted` where there can be none.
    public func makeRoom() throws -> any ScratchRoom { try ScratchFile(in: path) }
}
