/// An inspection for sources that cannot answer at once: it says what to read, and goes on when it has that.
///
/// It gives what `ImageInspector.inspect(from:scanned:)` gives, and holds 8 MiB of the source at most; headers that are spread
/// more widely are `unsupported`. One that is told more than it asked for, or nothing, takes the source to end there.
public struct PendingInspection: Sendable {
    /// What to do next.
    public enum Step: Hashable, Sendable {
        /// Read these bytes, and call `supply` with them.
        case read(Range<Int64>)
        /// That is all.
        case done(ImageInspection)
    }

    private var source: SparseBytes
    private let scanned: Int64
    private var wanted: Range<Int64>?
    private var inspection: ImageInspection?
    private var scan: ScanParts?

    /// Begins to inspect a source of so many bytes. `scanned` is that of `ImageInspector`.
    public init(size: Int64, scanned: Int64 = 64 << 20) {
        source = SparseBytes(size: max(0, min(size, .max / 4)))
        self.scanned = scanned
    }

    /// What to do next; the same until `supply` is called.
    public mutating func next() -> Step {
        if inspection == nil { readHeader() }
        if let wanted { return .read(wanted) }
        guard var inspection else { return .done(broken) }
        if inspection.flaw == nil, let range = scan?.next {
            wanted = range
            return .read(range)
        }
        inspection.flaw = inspection.flaw ?? scan?.finding
        return .done(inspection)
    }

    /// Takes the bytes that `next` asked for.
    public mutating func supply(_ bytes: [UInt8]) {
        guard let range = wanted else { return }
        wanted = nil
        guard Int64(bytes.count) == range.upperBound - range.lowerBound else {
            var cut = inspection ?? broken
            cut.flaw = ByteReader.truncated
            inspection = cut
            return
        }
        if scan == nil { source.add(bytes, at: range.lowerBound) } else { scan?.take(bytes) }
    }

    private mutating func readHeader() {
        guard wanted == nil else { return }
        do {
            let header = try ImageInspector.inspectHeader(of: source)
            inspection = header
            if header.flaw == nil, header.format.isRasterImage {
                scan = ScanParts(size: source.size, limit: scanned)
            }
            source = SparseBytes(size: source.size)
        } catch let missing as SparseBytes.Missing {
            wanted = missing.range
        } catch {
            inspection = broken
        }
    }

    private var broken: ImageInspection {
        ImageInspection(format: .other, mostPixels: 0, byteCount: source.size, flaw: ByteReader.truncated)
    }
}
