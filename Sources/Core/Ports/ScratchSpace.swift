/// Where downloads are kept while they are looked at.
public protocol ScratchSpace: Sendable {
    /// Room for one download. Throws `DownloadError` where there is none.
    func makeRoom() throws -> any ScratchRoom
}

/// Takes the bytes of one download and gives them back. They are gone when nobody refers to it any more, or the process ends.
public protocol ScratchRoom: DownloadSink {
    /// The bytes that were taken; none may follow. Throws where they cannot be read.
    func source() throws -> any ObjectSource
}
