/// What a request carries.
public enum HTTPRequestBody: Sendable {
    /// Nothing. PUT, POST and PATCH then say `Content-Length: 0`.
    case none
    /// These bytes.
    case bytes([UInt8])
    /// So many bytes of a file, from an offset on, read while they are sent.
    ///
    /// The file is opened when the request's turn has come, and must not change until it ends.
    case file(path: String, offset: Int64, length: Int64)
    /// What a source gives; without a length it is sent in chunks (`Transfer-Encoding: chunked`).
    case source(any HTTPBodySource, length: Int64?)
}
