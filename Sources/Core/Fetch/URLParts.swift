/// A URL or a reference, split where RFC 3986 (appendix B) splits it. The fragment is left out.
struct URLParts {
    /// In lower case; nil for a relative reference.
    let scheme: String?
    /// What is between `//` and the path; nil where there is none.
    let authority: ArraySlice<UInt8>?
    let path: ArraySlice<UInt8>
    /// What follows the question mark; nil where there is none.
    let query: ArraySlice<UInt8>?

    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        if let end = rest.firstIndex(of: UInt8(ascii: "#")) { rest = rest[..<end] }
        let word = rest.prefix { $0.isLetter || $0.isDigit || "+-.".utf8.contains($0) }
        if word.first?.isLetter == true, word.endIndex < rest.endIndex, rest[word.endIndex] == UInt8(ascii: ":") {
            scheme = String(decoding: word, as: UTF8.self).lowercased()
            rest = rest[(word.endIndex + 1)...]
        } else {
            scheme = nil
        }
        if rest.starts(with: "//".utf8) {
            let behind = rest.dropFirst(2)
            let found = behind.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
            authority = found
            rest = rest[found.endIndex...]
        } else {
            authority = nil
        }
        (path, query) = Self.splitQuery(rest)
    }

    /// What is before the first question mark, and what is behind it.
    static func splitQuery(_ bytes: ArraySlice<UInt8>) -> (path: ArraySlice<UInt8>, query: ArraySlice<UInt8>?) {
        guard let mark = bytes.firstIndex(of: UInt8(ascii: "?")) else { return (bytes, nil) }
        return (bytes[..<mark], bytes[(mark + 1)...])
    }

    /// The bytes of a text that may be a URL. Throws `badURL` for none, for too many, and for control characters.
    static func check(_ text: String, maximumLength: Int) throws(DownloadError) -> [UInt8] {
        guard !text.isEmpty else { throw UntrustedURL.bad("is empty") }
        let bytes = Array(text.utf8)
        guard bytes.count <= maximumLength else {
            throw UntrustedURL.bad("is \(bytes.count) bytes long; \(maximumLength) are accepted at most")
        }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
            !text.unicodeScalars.contains(where: {
                (0x80...0x9F).contains($0.value) || $0.properties.isWhitespace && $0 != " "
            })
        else {
            throw UntrustedURL.bad("contains control characters, line ends or unusual white space; remove them")
        }
        guard bytes.first != 0x20, bytes.last != 0x20 else {
            throw UntrustedURL.bad("begins or ends with a space; remove it")
        }
        return bytes
    }

    /// Path and query as they are sent: what may not stand there as it is percent-encoded, dot segments resolved.
    static func target(_ path: ArraySlice<UInt8>, _ query: ArraySlice<UInt8>?) -> String {
        let target = encoded(withoutDots(path)) + (query.map { [UInt8(ascii: "?")] + encoded($0) } ?? [])
        return String(decoding: target, as: UTF8.self)
    }

    /// RFC 3986, 5.2.4, also for dots that are percent-encoded, as browsers do it. Begins with a slash.
    private static func withoutDots(_ path: ArraySlice<UInt8>) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        var kept: [ArraySlice<UInt8>] = []
        let segments = (path.first == slash ? path.dropFirst() : path)
            .split(separator: slash, omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            let plain = String(decoding: segment, as: UTF8.self).lowercased().replacing("%2e", with: ".")
            let isLast = index == segments.count - 1
            switch plain {
            case ".": if isLast { kept.append([]) }
            case "..":
                _ = kept.popLast()
                if isLast { kept.append([]) }
            default: kept.append(segment)
            }
        }
        return [slash] + Array(kept.joined(separator: [slash]))
    }

    /// What is already encoded stays as it is.
    private static func encoded(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in bytes {
            if (0x21...0x7E).contains(byte), !"\"<>\\^`{|}".utf8.contains(byte) {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return encoded
    }
}
