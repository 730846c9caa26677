internal import Core
internal import Gzip
internal import S3

/// Makes objects of the bytes of an inventory's file as they come.
struct InventoryFileDecoder: ~Copyable {
    private var gzip: GzipReader
    private var parser: InventoryRowParser
    private let file: InventoryFile
    private let location: S3Location

    /// What the rows so far were.
    var counters: InventoryCounters { parser.counters }

    /// Decodes a file of a report, to so many bytes at least and 200 times its size at most. Throws `GzipError` where there
    /// is no memory for it.
    ///
    /// The rows of a bucket are much alike, so that true ones shrink to a tenth or a thirtieth; gzip itself can shrink zeros
    /// to a thousandth.
    init(_ file: InventoryFile, of manifest: InventoryManifest, smallestLimit: Int64) throws(GzipError) {
        self.file = file
        location = manifest.location
        let (product, overflow) = file.size.multipliedReportingOverflow(by: 200)
        gzip = try GzipReader(limit: overflow ? .max : max(product, smallestLimit))
        parser = InventoryRowParser(file, of: manifest) { CivilTime.microseconds(iso8601: $0) }
    }

    /// Takes the next bytes of the file. To be followed by `next(into:)` until that gives false.
    mutating func feed(_ bytes: [UInt8]) { gzip.feed(bytes) }

    /// Appends the objects of the next piece of rows, of a bounded length. False if that takes more bytes.
    mutating func next(into objects: inout [ObjectSummary]) throws(InventoryError) -> Bool {
        let rows: [UInt8]?
        do { rows = try gzip.next() } catch { throw malformed(error) }
        guard let rows else { return false }
        try parser.read(rows, into: &objects)
        return true
    }

    /// Ends the file: appends what is left.
    mutating func finish(into objects: inout [ObjectSummary]) throws(InventoryError) {
        do { try gzip.finish() } catch { throw malformed(error) }
        try parser.finish(into: &objects)
    }

    private func malformed(_ error: GzipError) -> InventoryError {
        InventoryError(
            .malformed,
            "The inventory file \(file.key.quoted) cannot be decompressed: \(error.message) Nothing of the inventory was "
                + "used; import a report as Amazon S3 wrote it.",
            location: location)
    }
}
