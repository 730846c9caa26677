/// Gives libcurl the bytes of a request's body. Used on one thread.
protocol UploadReader: AnyObject {
    /// nil when it is not known: the body is sent in chunks.
    var length: Int64? { get }

    /// Writes the next bytes. Throws `bodySourceFailed`.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(HTTPError) -> HTTPBodyRead

    /// Goes back to the first byte, if it can.
    func rewind() -> Bool
}

extension HTTPRequestBody {
    /// Opens the body; nil when there is none. `wake` is called, from any thread, when a source has more.
    ///
    /// Throws `bodySourceFailed`.
    func open(
        for method: HTTPMethod, wake: @escaping @Sendable () -> Void
    ) throws(HTTPError) -> (any UploadReader)? {
        switch self {
        case .none: method.announcesEmptyBody ? BytesUpload([]) : nil
        case .bytes(let bytes): BytesUpload(bytes)
        case .file(let path, let offset, let length): try FileUpload(path: path, offset: offset, length: length)
        case .source(let source, let length): SourceUpload(source, length: length, wake: wake)
        }
    }
}
