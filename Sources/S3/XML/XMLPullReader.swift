internal import CLibXML2

/// Reads an XML document in UTF-8 node by node, on libxml2.
///
/// Nothing is fetched, no entity is replaced but the five that XML has itself, and a DOCTYPE is an error. Nesting is
/// limited by `maximumDepth`, the document by `maximumBytes`, before libxml2 sees it.
struct XMLPullReader: ~Copyable {
    /// What was met. Comments and processing instructions never are; an empty element has a start and an end.
    enum Node {
        case start
        case end
        case text
    }

    /// No list page has more: 1,000 keys of 1,024 bytes, each percent-encoded.
    static let maximumBytes = 8 << 20
    static let maximumDepth = 32

    private let reader: xmlTextReaderPtr
    private var endsNext = false

    /// `bytes` must stay where they are for as long as this reads. White space may precede the document: servers send it to
    /// keep a connection open.
    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(XMLFailure) {
        let start = bytes.firstIndex { !Self.isWhiteSpace($0) } ?? bytes.endIndex
        let bytes = UnsafeBufferPointer(rebasing: bytes[start...])
        guard !bytes.isEmpty else { throw XMLFailure("it is empty") }
        guard bytes.count <= Self.maximumBytes else { throw XMLFailure("it is too long") }
        let options =
            XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
            | XML_PARSE_IGNORE_ENC.rawValue
        let opened = bytes.withMemoryRebound(to: CChar.self) { bytes in
            xmlReaderForMemory(bytes.baseAddress, Int32(bytes.count), nil, "UTF-8", Int32(bitPattern: options))
        }
        guard let opened else { throw XMLFailure("there is no memory to read it") }
        reader = opened
    }

    deinit { xmlFreeTextReader(reader) }

    /// The next node; nil behind the last one.
    mutating func next() throws(XMLFailure) -> Node? {
        if endsNext {
            endsNext = false
            return .end
        }
        while true {
            switch xmlTextReaderRead(reader) {
            case 0: return nil
            case 1: break
            default: throw XMLFailure("it is not well-formed XML")
            }
            guard Int(xmlTextReaderDepth(reader)) <= Self.maximumDepth else {
                throw XMLFailure("it is nested too deeply")
            }
            switch xmlTextReaderNodeType(reader) {
            case Int32(XML_READER_TYPE_ELEMENT.rawValue):
                endsNext = xmlTextReaderIsEmptyElement(reader) == 1
                return .start
            case Int32(XML_READER_TYPE_END_ELEMENT.rawValue):
                return .end
            case Int32(XML_READER_TYPE_TEXT.rawValue), Int32(XML_READER_TYPE_CDATA.rawValue),
                Int32(XML_READER_TYPE_WHITESPACE.rawValue), Int32(XML_READER_TYPE_SIGNIFICANT_WHITESPACE.rawValue):
                return .text
            case Int32(XML_READER_TYPE_COMMENT.rawValue), Int32(XML_READER_TYPE_PROCESSING_INSTRUCTION.rawValue),
                Int32(XML_READER_TYPE_XML_DECLARATION.rawValue):
                continue
            default:
                throw XMLFailure("it has a DOCTYPE or an entity")
            }
        }
    }

    /// The name of the element that was met last, without a prefix. Valid until the next node.
    var name: UnsafeBufferPointer<UInt8> { Self.bytes(xmlTextReaderConstLocalName(reader)) }

    /// The text that was met last. Valid until the next node.
    var text: UnsafeBufferPointer<UInt8> { Self.bytes(xmlTextReaderConstValue(reader)) }

    /// Whether the element that was met last has an attribute that is no declaration of a namespace.
    var hasAttributes: Bool {
        guard xmlTextReaderHasAttributes(reader) == 1 else { return false }
        defer { xmlTextReaderMoveToElement(reader) }
        while xmlTextReaderMoveToNextAttribute(reader) == 1 {
            if xmlTextReaderIsNamespaceDecl(reader) != 1 { return true }
        }
        return false
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private static func bytes(_ text: UnsafePointer<xmlChar>?) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: text, count: text.map { Int(xmlStrlen($0)) } ?? 0)
    }
}

extension XMLPullReader {
    /// Skips what is left of the element whose start was met last.
    mutating func skipElement() throws(XMLFailure) {
        var depth = 1
        while depth > 0 {
            switch try next() {
            case .start: depth += 1
            case .end: depth -= 1
            case .text: continue
            case nil: throw XMLFailure("it ends too early")
            }
        }
    }

    /// Appends the text of the element whose start was met last, and passes its end. Throws where an element is in it.
    mutating func readText(into text: inout [UInt8]) throws(XMLFailure) {
        while true {
            switch try next() {
            case .text: text.append(contentsOf: self.text)
            case .end: return
            case .start: throw XMLFailure("an element is where text should be")
            case nil: throw XMLFailure("it ends too early")
            }
        }
    }

    /// Passes white space and comments; throws for any other text.
    func requireWhiteSpace() throws(XMLFailure) {
        guard text.allSatisfy(Self.isWhiteSpace) else {
            throw XMLFailure("text is where elements should be")
        }
    }
}
