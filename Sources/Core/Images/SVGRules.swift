/// What an SVG document may hold to be nothing but a picture.
enum SVGRules {
    /// Throws `active` for an element that could run or load something.
    static func check(_ name: String, _ attributes: [XMLAttribute]) throws {
        let element = XMLToken.localName(name).lowercased()
        if elements.contains(element) { throw active("holds an element \(element)") }
        for attribute in attributes { try check(attribute, of: element) }
    }

    /// Throws `active` for a style sheet that loads something.
    static func check(style: [UInt8]) throws {
        // Whatever loads or runs something has one of these, which most attributes have not.
        guard style.contains(where: { "(@:\\".utf8.contains($0) }) else { return }
        let plain = StyleText.plain(style)
        for word in [
            "@import", "expression(", "javascript:", "-moz-binding", "behavior:", "image-set(", "image(", "src(",
        ]
        where plain.firstRange(of: word) != nil {
            throw active("holds a style that loads or runs something")
        }
        var rest = plain[...]
        while let start = rest.firstRange(of: "url(") {
            rest = rest[start.upperBound...]
            let address = rest.drop { $0 == " " || $0 == "\"" || $0 == "'" }
            guard isLocal(address) else { throw active("refers to something outside of it") }
        }
    }

    /// The error for a document that does what the clause says.
    static func active(_ clause: String) -> ContentError {
        ContentError(
            .active,
            "The SVG image \(clause), so it is more than a picture: export it as plain SVG without scripts, links and DTD, or "
                + "as PNG.")
    }

    private static func check(_ attribute: XMLAttribute, of element: String) throws {
        let name = attribute.localName.lowercased()
        let value = String(decoding: attribute.value, as: UTF8.self)
        if name.hasPrefix("on") { throw active("holds a handler of events") }
        if attribute.name.lowercased() == "xml:base" { throw active("refers to something outside of it") }
        if attribute.name == "xmlns" || attribute.name.hasPrefix("xmlns:") {
            if foreignNamespaces.contains(value) { throw active("holds content that is not SVG") }
            return
        }
        if references.contains(name) {
            let address = value.lowercased().drop { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }
            guard address.isEmpty || isLocal(address) else { throw active("refers to something outside of it") }
        } else if name == "attributename" {
            let target = XMLToken.localName(value).lowercased().drop { $0 == " " }
            if references.contains(String(target)) || target.hasPrefix("on") {
                throw active("changes references or handlers")
            }
        }
        try check(style: attribute.value)
    }

    /// Whether an address is of a part of the document, or is an embedded raster image.
    private static func isLocal(_ address: Substring) -> Bool {
        if address.hasPrefix("#") { return true }
        return images.contains {
            address.hasPrefix("data:image/" + $0 + ";") || address.hasPrefix("data:image/" + $0 + ",")
        }
    }

    private static let images = ["png", "jpeg", "jpg", "gif", "webp", "avif"]
    private static let elements: Set<String> = [
        "script", "foreignobject", "iframe", "frame", "embed", "object", "applet", "audio", "video",
        "canvas", "handler", "listener", "html", "body", "head", "meta", "link", "base", "form", "input", "button",
        "math",
        "annotation-xml",
    ]
    private static let references: Set<String> = [
        "href", "src", "srcset", "data", "action", "formaction", "poster", "background", "ping", "codebase", "manifest",
    ]
    private static let foreignNamespaces: Set<String> = [
        "http://www.w3.org/1999/xhtml", "http://www.w3.org/1998/Math/MathML", "http://www.mozilla.org/xbl",
        "http://www.w3.org/2001/XInclude", "http://www.w3.org/1999/XSL/Transform",
    ]
}
