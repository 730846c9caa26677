/// A piece of an XML document.
enum XMLToken: Equatable {
    /// A start tag, or that of an element without content.
    case start(name: String, attributes: [XMLAttribute], isEmpty: Bool)
    /// An end tag.
    case end(name: String)
    /// Text, its references replaced; also that of CDATA sections.
    case text([UInt8])
    /// A processing instruction other than the XML declaration.
    case instruction(target: String)
    /// A document type declaration.
    case doctype(hasSubset: Bool)

    /// What follows a name's prefix.
    static func localName(_ name: String) -> String {
        guard let colon = name.utf8.lastIndex(of: UInt8(ascii: ":")) else { return name }
        return String(name[name.utf8.index(after: colon)...])
    }
}

/// A name and a value, its references replaced.
struct XMLAttribute: Equatable {
    let name: String
    let value: [UInt8]

    /// What follows the name's prefix.
    var localName: String { XMLToken.localName(name) }
}
