/// Reads an SVG document: its size, and whether it is nothing but a picture. Source: SVG 1.1 and 2, WHATWG HTML.
///
/// The size is that of `width` and `height` where they are absolute, else that of the `viewBox`, at 96 pixels an inch.
/// Refused is whatever could run or load something wherever the file is opened: scripts, handlers of events, foreign content,
/// references to anything but the document's own parts and embedded raster images, style sheets from elsewhere, and
/// declarations of entities.
struct SVGDocument {
    /// The largest document that is read, in bytes.
    static let maximumBytes: Int64 = 4 * 1024 * 1024

    private var depth: [String] = []
    private var isInStyle = false
    private var style: [UInt8] = []
    private var hasRoot = false

    /// Reads the document into `facts`. Throws `active` for one that is more than a picture, `malformed` for broken XML.
    static func read(_ bytes: [UInt8], into facts: inout ImageFacts) throws {
        guard let text = TextDecoder.decode(document: bytes) else {
            throw ContentError(.unsupported, "The SVG image is not in UTF-8 or UTF-16: save it anew, in UTF-8.")
        }
        var document = SVGDocument()
        var scanner = XMLScanner(text)
        while let token = try scanner.next() { try document.take(token, into: &facts) }
        guard document.hasRoot, document.depth.isEmpty else { throw malformed }
    }

    private mutating func take(_ token: XMLToken, into facts: inout ImageFacts) throws {
        switch token {
        case .start(let name, let attributes, let isEmpty):
            guard depth.count < Self.maximumDepth, !(depth.isEmpty && hasRoot) else { throw Self.malformed }
            if !hasRoot, let size = SVGSize.size(of: attributes) { try facts.found(size) }
            hasRoot = true
            try SVGRules.check(name, attributes)
            if !isEmpty { depth.append(name) }
            isInStyle = isInStyle || (!isEmpty && XMLToken.localName(name).lowercased() == "style")
        case .end(let name):
            guard depth.popLast() == name else { throw Self.malformed }
            if isInStyle, XMLToken.localName(name).lowercased() == "style" {
                try SVGRules.check(style: style)
                (isInStyle, style) = (false, [])
            }
        case .text(let text):
            guard !depth.isEmpty || text.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) else {
                throw Self.malformed
            }
            if isInStyle { style += text }
        case .instruction(let target):
            if target.lowercased() == "xml-stylesheet" { throw SVGRules.active("loads a style sheet") }
        case .doctype(let hasSubset):
            guard !hasRoot else { throw Self.malformed }
            if hasSubset { throw SVGRules.active("declares entities of its own") }
        }
    }

    private static let maximumDepth = 256
    private static let malformed = ContentError(
        .malformed, "The SVG image is not one whole element: save it anew, as plain SVG.")
}
