/// An absolute URL, split just so far that its path and query can be sent as they are (RFC 3986, 3).
struct RequestURL: Sendable, Equatable {
    /// All of it.
    let text: String
    /// Whether the scheme is https.
    let isSecure: Bool
    /// Host and, where there is one, port.
    let authority: String
    /// What the request line says: path and query, never empty.
    let target: String

    /// Throws `invalidURL`, without showing the URL.
    init(_ text: String) throws(HTTPError) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Self.invalid("has characters that are not encoded")
        }
        guard let separator = text.firstRange(of: "://") else { throw Self.invalid("is not absolute") }
        switch text[..<separator.lowerBound].lowercased() {
        case "http": isSecure = false
        case "https": isSecure = true
        default: throw Self.invalid("is neither http nor https")
        }
        let rest = text[separator.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !rest.contains("#") else { throw Self.invalid("has a fragment, which is never sent") }
        guard !authority.contains("@") else { throw Self.invalid("has a user, which is never sent") }
        guard Self.isHost(authority) else { throw Self.invalid("has no valid host and port") }
        let target = rest[authority.endIndex...]
        self.text = text
        self.authority = String(authority)
        self.target = target.first == "/" ? String(target) : "/" + target
    }

    /// Scheme, authority and path: what may be shown.
    var shown: String { Self.shown(text) }

    /// What may be shown of a text that is, or should have been, a URL: neither user nor query nor fragment, and not endless.
    static func shown(_ text: String) -> String {
        var shown = text.prefix { $0 != "?" && $0 != "#" }
        if let separator = shown.firstRange(of: "://") {
            let authority = shown[separator.upperBound...].prefix { $0 != "/" }
            if let user = authority.lastIndex(of: "@") {
                shown.removeSubrange(separator.upperBound...user)
            }
        }
        let line = shown.prefix(500).unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "?" : String($0) }
            .joined()
        return shown.count > 500 ? line + "…" : line
    }

    /// The host, an IPv6 address in brackets, and the port, given or the scheme's own.
    var hostAndPort: (host: String, port: UInt16) {
        let end = authority.lastIndex(of: "]").map { authority.index(after: $0) } ?? authority.startIndex
        guard let colon = authority[end...].firstIndex(of: ":"),
            let port = UInt16(authority[authority.index(after: colon)...])
        else { return (authority, isSecure ? 443 : 80) }
        return (String(authority[..<colon]), port)
    }

    private static func isHost(_ authority: Substring) -> Bool {
        let host: Substring
        let port: Substring
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return false }
            host = authority[..<end].dropFirst()
            port = authority[end...].dropFirst()
            guard host.allSatisfy({ $0.isHexDigit || ":.%".contains($0) || $0.isLetter }) else { return false }
        } else {
            host = authority.prefix { $0 != ":" }
            port = authority[host.endIndex...]
            guard host.allSatisfy({ $0.isLetter || $0.isNumber || "-._~".contains($0) }) else { return false }
        }
        guard !host.isEmpty, !port.isEmpty else { return !host.isEmpty }
        guard port.first == ":", let number = UInt16(port.dropFirst()), number > 0 else { return false }
        return port.dropFirst().allSatisfy(\.isNumber)
    }

    private static func invalid(_ reason: String) -> HTTPError {
        HTTPError(.invalidURL, "the URL \(reason)")
    }
}
