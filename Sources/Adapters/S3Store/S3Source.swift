internal import Core
internal import S3

/// A source of the port as one of the client's.
struct S3Source: S3ByteSource {
    let source: any ObjectSource
    var size: Int64 { source.size }

    func read(_ range: Range<Int64>) async throws -> [UInt8] { try await source.read(range) }

    func read(_ range: Range<Int64>, reusing spent: consuming [UInt8]) async throws -> [UInt8] {
        try await source.read(range, reusing: spent)
    }
}
