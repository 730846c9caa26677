/// Tells the form of text by its beginning.
enum TextSniffer {
    static func format(of text: [UInt8]) -> FileFormat {
        let trimmed = text.drop(while: isSpace)
        if text.starts(with: "#!".utf8) || begins(trimmed, "<?php") || begins(trimmed, "<?=") || begins(trimmed, "<%@")
        {
            return .script
        }
        switch trimmed.first {
        case UInt8(ascii: "<"): return markup(Array(trimmed))
        case UInt8(ascii: "{"), UInt8(ascii: "["): return isJSON(trimmed.dropFirst()) ? .json : .text
        default: return .text
        }
    }

    /// By the document's first element, else by the tags that browsers take for a web page's beginning.
    private static func markup(_ text: [UInt8]) -> FileFormat {
        var scanner = XMLScanner(text)
        switch scanner.rootName() {
        case "svg": return .svg
        case "html": return .html
        default: break
        }
        for tag in pageTags where begins(text[...], tag) {
            guard text.count > tag.utf8.count else { return .html }
            let next = text[tag.utf8.count]
            if tag == "<!--" || isSpace(next) || next == UInt8(ascii: ">") || next == UInt8(ascii: "/") { return .html }
        }
        return begins(text[...], "<?xml") || begins(text[...], "<!doctype ")
            ? .xml : looksLikeElement(text) ? .xml : .text
    }

    private static func looksLikeElement(_ text: [UInt8]) -> Bool {
        var scanner = XMLScanner(text)
        guard case .start? = try? scanner.next() else { return false }
        return true
    }

    /// Whether what follows a bracket can follow it in JSON.
    private static func isJSON(_ rest: ArraySlice<UInt8>) -> Bool {
        guard let next = rest.first(where: { !isSpace($0) }) else { return false }
        return "\"{}[]-0123456789tfn".utf8.contains(next)
    }

    private static func begins(_ text: ArraySlice<UInt8>, _ lowercase: String) -> Bool {
        text.count >= lowercase.utf8.count
            && zip(text, lowercase.utf8).allSatisfy { byte, expected in
                (0x41...0x5A).contains(byte) ? byte | 0x20 == expected : byte == expected
            }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0C || byte == 0x0D
    }

    /// Source: WHATWG MIME Sniffing, 7.1.
    private static let pageTags = [
        "<!doctype html", "<html", "<head", "<script", "<iframe", "<h1", "<div", "<font", "<table", "<a", "<style",
        "<title", "<b", "<body", "<br", "<p", "<!--", "<img", "<form", "<meta", "<link", "<object", "<embed",
    ]
}
