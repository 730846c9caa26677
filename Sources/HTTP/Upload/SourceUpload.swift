/// A body that somebody else produces.
final class SourceUpload: UploadReader {
    private let source: any HTTPBodySource
    private let wake: @Sendable () -> Void
    private var sent: Int64 = 0
    let length: Int64?

    init(_ source: any HTTPBodySource, length: Int64?, wake: @escaping @Sendable () -> Void) {
        self.source = source
        self.length = length
        self.wake = wake
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(HTTPError) -> HTTPBodyRead {
        let room = length.map { min(buffer.count, Int(clamping: $0 - sent)) } ?? buffer.count
        guard room > 0 else { return .end }
        let outcome: HTTPBodyRead
        do {
            outcome = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<room]), wake: wake)
        } catch {
            var failure = HTTPError(.bodySourceFailed, "the source of the body failed")
            failure.underlying = error
            throw failure
        }
        switch outcome {
        case .bytes(let count):
            guard (1...room).contains(count) else {
                throw HTTPError(.bodySourceFailed, "the source of the body says that it wrote \(count) bytes")
            }
            sent += Int64(count)
        case .end:
            guard length == nil || sent == length else {
                throw HTTPError(.bodySourceFailed, "the source of the body gave less than was announced")
            }
        case .notYet:
            break
        }
        return outcome
    }

    func rewind() -> Bool {
        sent = 0
        return source.rewind()
    }
}
