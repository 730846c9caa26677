internal import Core

/// Bytes that remember whether somebody asked for any that there are not.
final class WatchedBytes: ByteSource {
    private(set) var violation: String?
    private let contents: [UInt8]

    init(_ contents: [UInt8]) { self.contents = contents }

    var size: Int64 { Int64(contents.count) }

    func bytes(at offset: Int64, count: Int) -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= size, Int64(count) <= size - offset else {
            violation = violation ?? "\(offset) + \(count)"
            return []
        }
        return Array(contents[Int(offset)..<Int(offset) + count])
    }
}
