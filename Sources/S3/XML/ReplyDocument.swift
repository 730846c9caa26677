/// A reply of S3 that has a few fields, and elements of one name with fields of their own:
/// `<Root><Field>text</Field><Item><Field>text</Field></Item></Root>`. Everything else in it is passed over.
struct ReplyDocument {
    /// The texts of elements by their names.
    typealias Fields = [String: String]

    /// The root's own.
    private(set) var fields: Fields = [:]
    /// Those of each item, in order.
    private(set) var items: [Fields] = []

    /// Throws `XMLFailure` where it has another root, is not whole, or says something twice.
    init(_ body: [UInt8], root: StaticString, fields: Set<String>, item: String? = nil, itemFields: Set<String> = [])
        throws
    {
        try body.withUnsafeBufferPointer { bytes in
            var reader = try XMLPullReader(bytes)
            guard try reader.next() == .start, reader.name.isEqual(root) else {
                throw XMLFailure("its root is another element")
            }
            while let node = try reader.next(), node != .end {
                guard node == .start else { continue }
                let name = String(decoding: reader.name, as: UTF8.self)
                if name == item {
                    items.append(try Self.item(&reader, itemFields))
                } else if fields.contains(name) {
                    try Self.read(name, &reader, into: &self.fields)
                } else {
                    try reader.skipElement()
                }
            }
            while try reader.next() != nil {}
        }
    }

    private static func item(_ reader: inout XMLPullReader, _ wanted: Set<String>) throws -> Fields {
        var fields: Fields = [:]
        while let node = try reader.next(), node != .end {
            guard node == .start else { continue }
            let name = String(decoding: reader.name, as: UTF8.self)
            if wanted.contains(name) {
                try read(name, &reader, into: &fields)
            } else {
                try reader.skipElement()
            }
        }
        return fields
    }

    private static func read(_ name: String, _ reader: inout XMLPullReader, into fields: inout Fields) throws {
        var text: [UInt8] = []
        try reader.readText(into: &text)
        guard fields[name] == nil else { throw XMLFailure("an element is there twice") }
        fields[name] = String(decoding: text, as: UTF8.self)
    }
}
