/// Header fields in their order, with duplicates. Names are looked up without regard to case.
///
/// ```swift
/// var headers: HTTPHeaders = ["content-type": "text/plain"]
/// headers.append("x-tag", "a")
/// headers["Content-Type"]  // "text/plain"
/// ```
///
/// Its description shows names only: values may be secrets.
public struct HTTPHeaders: Sendable, Equatable {
    /// One header field.
    public struct Field: Sendable, Equatable {
        /// The name, as it was given.
        public var name: String
        /// The value, without white space around it where it comes from a response.
        public var value: String
    }

    /// All fields in their order.
    public private(set) var fields: [Field] = []

    /// No fields.
    public init() {}

    /// Fields in this order.
    public init(_ fields: [(name: String, value: String)]) {
        self.fields = fields.map { Field(name: $0.name, value: $0.value) }
    }

    /// The first value of that name.
    public subscript(name: String) -> String? {
        fields.first { Self.isSame($0.name, name) }?.value
    }

    /// Every value of that name, in their order.
    public func values(_ name: String) -> [String] {
        fields.filter { Self.isSame($0.name, name) }.map(\.value)
    }

    /// Whether there is a field of that name.
    public func contains(_ name: String) -> Bool {
        fields.contains { Self.isSame($0.name, name) }
    }

    /// Adds a field at the end, whether or not there is one of that name.
    public mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// Removes the fields of that name and adds one at the end.
    public mutating func set(_ name: String, _ value: String) {
        remove(name)
        append(name, value)
    }

    /// Removes the fields of that name.
    public mutating func remove(_ name: String) {
        fields.removeAll { Self.isSame($0.name, name) }
    }

    /// Continues the last value, as a folded line does (RFC 9112, 5.2).
    mutating func fold(_ text: String) {
        guard let last = fields.indices.last else { return }
        fields[last].value += fields[last].value.isEmpty ? text : " " + text
    }

    private static func isSame(_ one: String, _ other: String) -> Bool {
        one.utf8.count == other.utf8.count
            && zip(one.utf8, other.utf8).allSatisfy { $0 == $1 || ($0.asciiLowercased == $1.asciiLowercased) }
    }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
    /// Fields in the order in which they are written, duplicates included.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }
}

extension HTTPHeaders: CustomStringConvertible, CustomReflectable {
    /// The names.
    public var description: String { "[\(fields.map(\.name).joined(separator: ", "))]" }

    /// Nothing but the names, so that `dump` shows no value either.
    public var customMirror: Mirror { Mirror(self, unlabeledChildren: fields.map(\.name)) }
}

extension UInt8 {
    fileprivate var asciiLowercased: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }
}
