internal import SigV4

/// The body of a form: `application/x-www-form-urlencoded`.
enum FormBody {
    /// Names and values in their order, percent-encoded.
    static func encode(_ fields: [(name: String, value: String)]) -> [UInt8] {
        let pairs = fields.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        return Array(pairs.joined(separator: "&").utf8)
    }
}
