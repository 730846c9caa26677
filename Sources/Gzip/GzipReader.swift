internal import CZlib

/// Decompresses gzip data (RFC 1952) that arrives in pieces, into pieces of a bounded length.
///
///     var reader = try GzipReader(limit: 1 << 30)
///     for try await piece in pieces {
///         reader.feed(piece)
///         while let bytes = try reader.next() { … }
///     }
///     try reader.finish()
///
/// Members may follow each other, as the format allows; anything else behind a member is refused. After an error every
/// further call throws it again.
public struct GzipReader: ~Copyable, @unchecked Sendable {
    // zlib's state points back at it, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let limit: Int64
    private let chunkLength: Int
    private var input: [UInt8] = []
    private var position = 0
    private var state = State.start
    /// zlib stopped because the piece was full: it may hold more without another byte of input.
    private var holdsMore = false
    private var total: Int64 = 0
    private var failure: GzipError?

    private enum State {
        case start
        case inMember
        case betweenMembers
    }

    /// A reader that gives at most `limit` bytes in all, in pieces of at most `chunkLength` bytes. Throws `noMemory`.
    public init(limit: Int64, chunkLength: Int = 256 * 1024) throws(GzipError) {
        self.limit = limit
        self.chunkLength = max(1, min(chunkLength, 1 << 30))
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15: the largest window there is; 16 more: gzip and nothing else.
        guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deallocate()
            throw GzipError(.noMemory, "There is no memory to decompress gzip data.")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Takes the next piece of the compressed data. To be followed by `next()` until that gives nil.
    public mutating func feed(_ bytes: [UInt8]) {
        if position == input.count {
            input = bytes
            position = 0
        } else {
            input.append(contentsOf: bytes)
        }
    }

    /// The next piece of the decompressed data, never empty; nil if that takes more input.
    ///
    /// Throws `corrupt`, `tooLarge` or `noMemory`.
    public mutating func next() throws(GzipError) -> [UInt8]? {
        if let failure { throw failure }
        guard position < input.count || holdsMore else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: chunkLength) { buffer, count in
            count = fill(UnsafeMutableBufferPointer(rebasing: buffer[..<chunkLength]))
        }
        if let failure { throw failure }
        return bytes.isEmpty ? nil : bytes
    }

    /// To be called when all input was taken and read. Throws `truncated` unless it ended with a whole member.
    public mutating func finish() throws(GzipError) {
        if let failure { throw failure }
        guard case .betweenMembers = state, position == input.count else {
            throw fail(
                .truncated, state == .start ? "The gzip data is empty." : "The gzip data ends before its end.")
        }
    }

    /// Decompresses until the buffer is full or the input at its end; gives how many bytes it wrote.
    private mutating func fill(_ buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var written = 0
        repeat {
            if state != .inMember {
                if state == .betweenMembers { inflateReset(stream) }
                state = .inMember
            }
            let (status, used, produced) = inflate(into: UnsafeMutableBufferPointer(rebasing: buffer[written...]))
            position += used
            written += produced
            total += Int64(produced)
            holdsMore = written == buffer.count && status == Z_OK
            switch status {
            case Z_STREAM_END: state = .betweenMembers
            // Z_BUF_ERROR: nothing was to be done.
            case Z_OK, Z_BUF_ERROR: break
            case Z_MEM_ERROR: fail(.noMemory, "There is no memory to decompress gzip data.")
            default:
                let reason = stream.pointee.msg.map { ": " + String(cString: $0) } ?? ""
                fail(.corrupt, "The gzip data is corrupt\(reason).")
            }
            if failure == nil, total > limit {
                fail(.tooLarge, "The gzip data decompresses to more than \(limit) bytes, which is more than is taken.")
            }
        } while failure == nil && written < buffer.count && position < input.count
        return written
    }

    private func inflate(
        into buffer: UnsafeMutableBufferPointer<UInt8>
    ) -> (status: Int32, used: Int, produced: Int) {
        input.withUnsafeBufferPointer { input in
            let available = min(input.count - position, Int(UInt32.max))
            stream.pointee.next_in = input.baseAddress.map { $0 + position }
            stream.pointee.avail_in = UInt32(available)
            stream.pointee.next_out = buffer.baseAddress
            stream.pointee.avail_out = UInt32(buffer.count)
            let status = CZlib.inflate(stream, Z_NO_FLUSH)
            let used = available - Int(stream.pointee.avail_in)
            let produced = buffer.count - Int(stream.pointee.avail_out)
            // Neither outlives this call.
            stream.pointee.next_in = nil
            stream.pointee.next_out = nil
            return (status, used, produced)
        }
    }

    @discardableResult
    private mutating func fail(_ code: GzipError.Code, _ message: String) -> GzipError {
        let error = GzipError(code, message)
        failure = error
        return error
    }
}
