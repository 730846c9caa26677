internal import CZlib

/// The bytes as one member of gzip data.
public func gzipped(_ bytes: [UInt8]) throws -> [UInt8] {
    var stream = z_stream()
    // 15: the largest window; 16 more: in a gzip frame.
    guard
        deflateInit2_(
            &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
            == Z_OK
    else { throw TestFailure("zlib cannot compress") }
    defer { deflateEnd(&stream) }
    let bound = Int(deflateBound(&stream, uLong(bytes.count)))
    return try bytes.withUnsafeBufferPointer { input in
        try [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            guard deflate(&stream, Z_FINISH) == Z_STREAM_END else { throw TestFailure("zlib did not compress all") }
            count = output.count - Int(stream.avail_out)
        }
    }
}
