/// Those blocks of a source that were brought so far.
struct SparseBytes: ByteSource {
    /// How many bytes a block has.
    static let blockSize: Int64 = 16 * 1024
    /// How many blocks are held at most.
    static let maximumBlocks = 512

    let size: Int64
    private var blocks: [Int64: [UInt8]] = [:]

    /// A range is not there: bring it, and begin anew.
    struct Missing: Error {
        let range: Range<Int64>
    }

    /// None of a source of a size.
    init(size: Int64) { self.size = size }

    /// Adds blocks, from the beginning of one on.
    mutating func add(_ bytes: [UInt8], at offset: Int64) {
        var place = 0
        while place < bytes.count {
            let end = min(bytes.count, place + Int(Self.blockSize))
            blocks[(offset + Int64(place)) / Self.blockSize] = Array(bytes[place..<end])
            place = end
        }
    }

    func bytes(at offset: Int64, count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let end = offset + Int64(count)
        var place = offset
        while place < end {
            let index = place / Self.blockSize
            guard let block = blocks[index] else {
                guard blocks.count < Self.maximumBlocks else {
                    throw ByteReader.unsupported
                }
                // Whole blocks: a part of one would be taken for all of it.
                let last = (end - 1) / Self.blockSize
                throw Missing(range: index * Self.blockSize..<min(size, (last + 1) * Self.blockSize))
            }
            let start = Int(place - index * Self.blockSize)
            let part = block.dropFirst(start).prefix(Int(end - place))
            guard !part.isEmpty else { break }
            bytes += part
            place += Int64(part.count)
        }
        return bytes
    }
}
