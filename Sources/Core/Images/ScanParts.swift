/// Which ranges of an object are scanned for hidden content: all of it, or its beginning and its end.
struct ScanParts {
    private var parts: [Range<Int64>]
    private var scanner = HiddenContentScanner()

    /// So many bytes at most of an object of a size.
    init(size: Int64, limit: Int64) {
        let half = max(0, limit) / 2
        parts = size <= limit ? [0..<size] : [0..<half, size - half..<size]
        parts.removeAll(where: \.isEmpty)
    }

    /// What was found so far.
    var finding: ContentError? { scanner.finding }

    /// The next range to take; nil at the end.
    var next: Range<Int64>? {
        guard finding == nil, let part = parts.first else { return nil }
        return part.lowerBound..<min(part.upperBound, part.lowerBound + Int64(ByteReader.headSize))
    }

    /// Scans the bytes of the next range, or some of its first ones.
    mutating func take(_ bytes: [UInt8]) {
        guard let part = parts.first else { return }
        scanner.scan(bytes)
        let place = part.lowerBound + Int64(bytes.count)
        if place < part.upperBound {
            parts[0] = place..<part.upperBound
        } else {
            parts.removeFirst()
            if finding == nil { scanner = HiddenContentScanner() }
        }
    }
}
