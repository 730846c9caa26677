/// Splits a command as the AWS command line does, which runs it without a shell: by the rules of Python's `shlex.split`.
package enum ShellWords {
    /// The words; nil when a quote is not closed or a backslash is the last character.
    ///
    /// White space separates words. Single quotes keep everything; within double quotes a backslash takes the meaning of
    /// `"` and `\` only; elsewhere of every character. Nothing else means anything: no variables, no patterns.
    package static func split(_ command: String) -> [String]? {
        var words: [String] = []
        var word: String.UnicodeScalarView?
        var quote: Unicode.Scalar?
        var scalars = command.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            switch (scalar, quote) {
            case (let end, let open?) where end == open:
                quote = nil
            case ("\\", nil):
                guard let kept = scalars.next() else { return nil }
                word = (word ?? .init()) + [kept]
            case ("\\", "\""):
                guard let kept = scalars.next() else { return nil }
                word = (word ?? .init()) + (kept == "\"" || kept == "\\" ? [kept] : ["\\", kept])
            case ("\"", nil), ("'", nil):
                quote = scalar
                // Quotes with nothing between them are a word.
                word = word ?? .init()
            case (" ", nil), ("\t", nil), ("\r", nil), ("\n", nil):
                if let word { words.append(String(word)) }
                word = nil
            default:
                word = (word ?? .init()) + [scalar]
            }
        }
        guard quote == nil else { return nil }
        if let word { words.append(String(word)) }
        return words
    }
}
