/// A body that is in memory.
final class BytesUpload: UploadReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var length: Int64? { Int64(bytes.count) }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> HTTPBodyRead {
        let count = min(buffer.count, bytes.count - position)
        guard count > 0 else { return .end }
        buffer.copyBytes(from: bytes[position..<position + count])
        position += count
        return .bytes(count)
    }

    func rewind() -> Bool {
        position = 0
        return true
    }
}
