/// What a POST policy demands of the form that is sent with it.
///
/// Source: "POST Policy", Amazon S3 API Reference.
public enum PolicyCondition: Hashable, Sendable {
    /// The field has exactly this value: `{"name": "value"}`.
    case equals(String, String)
    /// The same, in the other form that the service knows: `["eq", "$name", "value"]`.
    case matches(String, String)
    /// The field's value begins with this: `["starts-with", "$name", "value"]`.
    case startsWith(String, String)
    /// The file has so many bytes: `["content-length-range", 1, 5000000]`.
    case contentLength(ClosedRange<Int64>)

    func write(to writer: inout ByteWriter) {
        switch self {
        case .equals(let name, let value):
            writer.append("{")
            writer.append(json: name)
            writer.append(": ")
            writer.append(json: value)
            writer.append("}")
        case .matches(let name, let value): Self.write("eq", name, value, to: &writer)
        case .startsWith(let name, let value): Self.write("starts-with", name, value, to: &writer)
        case .contentLength(let range):
            writer.append("[\"content-length-range\", \(range.lowerBound), \(range.upperBound)]")
        }
    }

    private static func write(_ operation: String, _ name: String, _ value: String, to writer: inout ByteWriter) {
        writer.append("[\"\(operation)\", ")
        writer.append(json: "$" + name)
        writer.append(", ")
        writer.append(json: value)
        writer.append("]")
    }
}
