/// Knows by a search without understanding what no good SVG can hold: a second opinion about those in UTF-8.
enum SVGOracle {
    /// What is in it; nil for nothing.
    ///
    /// Comments, CDATA sections and text may hold such words, so there is no opinion about documents with any of
    /// these, with instructions or with references.
    static func danger(in bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        for mark in ["<!", "<?", "&", "\0", "\u{FFFD}"] where text.contains(mark) { return nil }
        for word in ["<script", "<foreignobject", "<iframe"] {
            for end in [" ", "/", ">"] where text.contains(word + end) { return word }
        }
        return nil
    }
}
