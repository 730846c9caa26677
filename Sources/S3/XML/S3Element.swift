/// An element of a bucket's configuration: a text, or other elements.
///
/// It keeps what it was read from whole, also what is of no use here, so that it can be written back as it was.
public struct S3Element: Hashable, Sendable {
    /// Without a prefix.
    public var name: String
    /// Empty where there are elements in it.
    public var text: String
    /// The elements in it, in order.
    public var children: [S3Element]

    /// An element with a text.
    public init(_ name: String, _ text: String = "") {
        self.name = name
        self.text = text
        children = []
    }

    /// An element with others in it.
    public init(_ name: String, _ children: [S3Element]) {
        self.name = name
        text = ""
        self.children = children
    }

    /// The first child of this name.
    func child(_ name: String) -> S3Element? { children.first { $0.name == name } }
}

extension S3Element {
    /// What a document holds, attributes left out where `dropsAttributes` says so.
    ///
    /// Throws `XMLFailure` where the root has another name, text and elements are mixed, or an attribute would be lost.
    init(_ body: [UInt8], root: StaticString, dropsAttributes: Bool = false) throws {
        self = try body.withUnsafeBufferPointer { bytes in
            var reader = try XMLPullReader(bytes)
            guard try reader.next() == .start, reader.name.isEqual(root) else {
                throw XMLFailure("its root is another element")
            }
            let element = try Self.read(&reader, dropsAttributes: dropsAttributes)
            while try reader.next() != nil {}
            return element
        }
    }

    /// Whether a document's root has this name.
    static func isRoot(_ name: StaticString, of body: [UInt8]) -> Bool {
        body.withUnsafeBufferPointer { bytes in
            guard var reader = try? XMLPullReader(bytes), (try? reader.next()) == .start else { return false }
            return reader.name.isEqual(name)
        }
    }

    /// The element whose start was met last; nesting is bounded by the reader.
    private static func read(_ reader: inout XMLPullReader, dropsAttributes: Bool) throws(XMLFailure) -> S3Element {
        guard dropsAttributes || !reader.hasAttributes else { throw XMLFailure("an element has attributes") }
        var element = S3Element(String(decoding: reader.name, as: UTF8.self))
        var text: [UInt8] = []
        while true {
            switch try reader.next() {
            case .text: text.append(contentsOf: reader.text)
            case .start: element.children.append(try read(&reader, dropsAttributes: dropsAttributes))
            case .end:
                if element.children.isEmpty {
                    element.text = String(decoding: text, as: UTF8.self)
                } else if !text.allSatisfy({ $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) {
                    throw XMLFailure("text and elements are mixed")
                }
                return element
            case nil: throw XMLFailure("it ends too early")
            }
        }
    }

    /// The element as XML; a root has the namespace of S3.
    func xml(isRoot: Bool = true) -> String {
        let namespace = isRoot ? " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"" : ""
        let inside = children.isEmpty ? Self.escaped(text) : children.map { $0.xml(isRoot: false) }.joined()
        return "<\(name)\(namespace)>\(inside)</\(name)>"
    }

    /// White space and control characters as references: a parser on the other side would change them.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in XMLEscaping.escape(text).unicodeScalars {
            if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar == "\u{2028}" {
                escaped += "&#x\(String(scalar.value, radix: 16, uppercase: true));"
            } else {
                escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
