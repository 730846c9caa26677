/// One step of the schema's history: `schema/0001_jobs.sql`.
struct SchemaFile {
    /// `0001_jobs.sql`, as frozen.sum names it.
    let fileName: String
    let text: String
    /// SHA-256 of the file's bytes.
    let checksum: String

    /// `0001_jobs`, as table `s3cache.schema_history` names it.
    var step: String {
        String(fileName.dropLast(".sql".count))
    }

    /// The number before the first underscore; nil where the name is not of the form `NNNN_name.sql`.
    var number: Int? {
        let name = step.utf8
        let digits = name.prefix(4)
        let rest = name.dropFirst(4)
        let isName = rest.count > 1 && rest.first == UInt8(ascii: "_") && rest.allSatisfy(Self.isWordByte)
        return digits.count == 4 && isName ? Int(step.prefix(4)) : nil
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
