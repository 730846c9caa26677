/// Makes objects of the rows of one file of an inventory, from chunks of any size, without IO.
///
/// Of a bucket with versions only the latest ones that are no delete markers are given: what a listing shows. Memory is
/// bounded by the longest row.
public struct InventoryRowParser: Sendable {
    /// Reads a time as `2023-01-02T03:04:05.000Z`: microseconds since 1970; nil for anything else.
    public typealias TimeParser = @Sendable (UnsafeBufferPointer<UInt8>) -> Int64?

    /// What the rows so far were.
    public private(set) var counters = InventoryCounters()

    private var reader: CSVReader
    private let columns: InventoryColumns
    private let sourceBucket: [UInt8]
    private let location: S3Location
    private let file: ObjectKey
    private let time: TimeParser
    private var decoded: [UInt8] = []

    /// Reads a file of a report.
    public init(_ file: InventoryFile, of manifest: InventoryManifest, time: @escaping TimeParser) {
        reader = CSVReader(columns: manifest.columns.count)
        columns = manifest.columns
        sourceBucket = Array(manifest.sourceBucket.utf8)
        location = manifest.location
        self.file = file.key
        self.time = time
    }

    /// Reads a chunk, and appends the objects whose rows end in it. Throws `malformed`, naming file and
    /// row; the file is of no more use then.
    public mutating func read(_ bytes: [UInt8], into objects: inout [ObjectSummary]) throws(InventoryError) {
        do {
            try bytes.withUnsafeBufferPointer { bytes throws(CSVFailure) in
                var index = 0
                while try reader.readRow(bytes, from: &index) { try takeRow(into: &objects) }
            }
        } catch {
            throw malformed(error)
        }
    }

    /// Ends the file: appends the object of a last row that no line feed ended. Throws what `read` throws.
    public mutating func finish(into objects: inout [ObjectSummary]) throws(InventoryError) {
        do {
            if try reader.finish() { try takeRow(into: &objects) }
        } catch {
            throw malformed(error)
        }
    }

    private mutating func takeRow(into objects: inout [ObjectSummary]) throws(CSVFailure) {
        guard reader.withField(columns.bucket, { $0.elementsEqual(sourceBucket) }) else {
            throw CSVFailure("it is of another bucket than the manifest says")
        }
        counters.rows += 1
        // A delete marker has neither size nor etag.
        if let column = columns.isLatest, try !boolean(column, "IsLatest") {
            counters.olderVersions += 1
        } else if let column = columns.isDeleteMarker, try boolean(column, "IsDeleteMarker") {
            counters.deleteMarkers += 1
        } else {
            objects.append(
                ObjectSummary(
                    key: try key(), size: try size(), etag: try text(columns.etag, "ETag"),
                    lastModified: try lastModified(), storageClass: try storageClass()))
            counters.objects += 1
        }
    }

    /// The key is encoded as a form's value is: `+` stands for a space, a plus is `%2B`.
    ///
    /// Source: Amazon S3 User Guide, "Amazon S3 Inventory list"; what reports hold: cloud-custodian#1997.
    private mutating func key() throws(CSVFailure) -> ObjectKey {
        decoded.removeAll(keepingCapacity: true)
        let isEncoded = reader.withField(columns.key) { field in
            var index = 0
            while index < field.count {
                switch field[index] {
                case UInt8(ascii: "%"):
                    guard index + 2 < field.count, let high = Self.digit(field[index + 1]),
                        let low = Self.digit(field[index + 2])
                    else { return false }
                    decoded.append(high << 4 | low)
                    index += 2
                case UInt8(ascii: "+"): decoded.append(UInt8(ascii: " "))
                case let byte: decoded.append(byte)
                }
                index += 1
            }
            return true
        }
        guard isEncoded, let text = String(validating: decoded, as: UTF8.self) else {
            throw CSVFailure("its key is not UTF-8 in URL encoding")
        }
        guard (1...ObjectKey.maximumLength).contains(decoded.count) else {
            throw CSVFailure("its key has \(decoded.count) bytes")
        }
        guard !decoded.contains(0) else { throw CSVFailure("its key has a NUL") }
        return ObjectKey(text)
    }

    private func size() throws(CSVFailure) -> Int64 {
        let size = reader.withField(columns.size) { field -> Int64? in
            guard (1...18).contains(field.count) else { return nil }
            var number: Int64 = 0
            for byte in field {
                guard (0x30...0x39).contains(byte) else { return nil }
                number = number * 10 + Int64(byte - 0x30)
            }
            return number
        }
        guard let size else { throw CSVFailure("its Size is not a number of bytes") }
        return size
    }

    private func lastModified() throws(CSVFailure) -> Timestamp {
        guard let microseconds = reader.withField(columns.lastModified, time) else {
            throw CSVFailure("its LastModifiedDate is not a time in UTC")
        }
        return Timestamp(microseconds: microseconds)
    }

    private func storageClass() throws(CSVFailure) -> String? {
        let name = try text(columns.storageClass, "StorageClass")
        return name.isEmpty ? nil : name
    }

    private func text(_ column: Int, _ name: String) throws(CSVFailure) -> String {
        guard let text = reader.withField(column, { String(validating: $0, as: UTF8.self) }), !text.utf8.contains(0)
        else {
            throw CSVFailure("its \(name) is not text")
        }
        return text
    }

    private func boolean(_ column: Int, _ name: String) throws(CSVFailure) -> Bool {
        let value = reader.withField(column) { field -> Bool? in
            let lowered = field.lazy.map { $0 | 0x20 }
            if lowered.elementsEqual("true".utf8) { return true }
            return lowered.elementsEqual("false".utf8) ? false : nil
        }
        guard let value else { throw CSVFailure("its \(name) is neither true nor false") }
        return value
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    private func malformed(_ failure: CSVFailure) -> InventoryError {
        InventoryError(
            .malformed,
            "Row \(reader.rowsBefore + 1) of the inventory file \(file.quoted) cannot be read: \(failure.problem); nothing of "
                + "the inventory was used, so import a report as Amazon S3 wrote it.",
            location: location)
    }
}
