/// A key in which placeholders stand for what a file tells.
///
/// `{file}` is the file's own name, `{ext}` the extension of what it is, `{md5}` and `{sha256}` its digests, of which
/// `{sha256:8}` are the first digits; `{mtime:YYYY}`, `MM`, `DD`, `HH`, `MI` and `SS` are of the time when it was changed, in UTC.
/// Braces are written twice.
public struct KeyTemplate: Hashable, Sendable {
    private let text: String

    /// A template, as the database gives it. One that ends in a slash is of a folder: the file has its own name there.
    public init(_ text: String) { self.text = text.hasSuffix("/") ? text + "{file}" : text }

    /// The filename. Throws the failure `invalid_key` for a placeholder that is none, and for what may be no name.
    public func filename(of file: TemplateFile, environment: String? = nil) throws -> ObjectKey {
        // By scalars: a brace may have a combining mark behind it.
        var name = String.UnicodeScalarView()
        var rest = Substring(text).unicodeScalars
        while let scalar = rest.popFirst() {
            guard scalar == "{" || scalar == "}" else {
                name.append(scalar)
                continue
            }
            if rest.first == scalar {
                rest.removeFirst()
                name.append(scalar)
                continue
            }
            guard scalar == "{", let end = rest.firstIndex(of: "}"), let value = file.value(of: Substring(rest[..<end]))
            else {
                throw Self.failure(
                    "The key template \(ObjectKey(text).quoted) has a placeholder that the file tells nothing of.")
            }
            name.append(contentsOf: value.unicodeScalars)
            rest = rest[rest.index(after: end)...]
        }
        return try checked(Self.suffixed(String(name), environment))
    }

    private func checked(_ name: String) throws -> ObjectKey {
        let key = ObjectKey(name)
        let isPlain = !name.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let hasDots = parts.contains { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }
        guard !name.isEmpty, isPlain, !hasDots else {
            throw Self.failure(
                "\(key.quoted) cannot be a filename: it has a control character, or a dot between slashes.")
        }
        return key
    }

    /// `logo-dev.png` of `logo.png`.
    private static func suffixed(_ name: String, _ environment: String?) -> String {
        let word = String((environment ?? "").drop { $0 == "-" })
        guard !word.isEmpty, environment != "prod", environment != "production" else { return name }
        var stem = Substring(name)
        if let dot = name.lastIndex(of: "."), !name[dot...].contains("/"), dot != name.startIndex,
            name[name.index(before: dot)] != "/"
        {
            stem = name[..<dot]
        }
        return stem.hasSuffix("-" + word) ? name : stem + "-" + word + name[stem.endIndex...]
    }

    private static func failure(_ message: String) -> JobFailure {
        JobFailure(code: "invalid_key", message: message, isRetryable: false)
    }
}
