import Core

/// Keys that are valid in S3 and that stores get wrong.
enum OddKeys {
    /// As many odd keys as a store can keep, none longer than `room` bytes and no two equal.
    static func all(for capabilities: StoreCapabilities, room: Int) -> [ObjectKey] {
        let nested = capabilities.contains(.nestedKeys) ? Self.nested : []
        let candidates = (punctuation + unicode + paths + reserved + lengths(room: room) + nested).map { ObjectKey($0) }
        let keys = candidates.filter {
            $0.length <= room && capabilities.isSuperset(of: StoreCapabilities(neededFor: $0))
        }
        return Array(Set(keys)).sorted()
    }

    private static let punctuation = [
        " ", " leading space", "trailing space ", "two  spaces", "plus+plus", "a+b c", "%", "%2F", "%20", "100%", "%zz",
        "%25", "a&b", "<tag>", "quote'quote", "double\"quote", "&amp;", "&#10;", "back\\slash", "\\", "star*", "what?",
        "[set]", "{a,b}", "hash#hash", "semi;colon", "colon:colon", "at@at", "equals=equals", "comma,comma",
        "pipe|pipe",
        "back`tick", "$HOME", "!bang", "(round)", "~", "~tilde", "^caret", "-", "--", "-rf", "CON", "nul.txt",
        "a=b&c=d",
        "?list-type=2", "Case", "case", "CASE", "a\nb", "\n", "tab\ttab", "\r\n", "\u{01}", "\u{08}", "\u{1B}[31m",
        "\u{7F}", "\u{85}",
    ]

    private static let unicode = [
        "\u{E9}", "e\u{301}", "\u{C5}ngstr\u{F6}m", "A\u{30A}ngstro\u{308}m", "\u{212B}", "日本語.png", "😀", "👩‍👩‍👧",
        "\u{10FFFD}", "\u{FFFD}", "\u{E000}", "\u{FF5E}", "\u{FEFF}bom", "\u{200B}", "\u{202E}gnp.exe", "\u{2028}", "ﬁ",
        "ß",
        "\u{FFFE}", "\u{301}", "x/\u{301}y", "İ", "\u{1112}\u{1161}\u{11AB}", "\u{D55C}",
    ]

    private static let paths = [
        ".", "..", "...", ".hidden", "dot.", "dots..", "./x", "../x", "../../etc/passwd", "x/.", "x/..", "x/../y",
        "x/./y",
        "/", "//", "///", "/x", "//x", "x//y", "x///y", "trail/", "trail//", "x/ /y", " /x", "x/ ", "0", "00",
        "0/0", "0/00",
    ]

    private static let reserved = [
        ".s3cache", ".s3cache~", ".s3cache~f~", ".s3cache~f~x", ".s3cache~d~", ".s3cache~d~/x", ".s3cache~l~x",
        ".s3cache~t~", ".s3cache~t~/x", ".s3cache~f~.s3cache~f~x", "x/.s3cache~f~", "x/.s3cache~e~y", ".S3CACHE~f~x",
    ]

    private static let nested = [
        "a", "a/", "a/b", "a//b", "a/b/", "a/b/c", "a/b//", "a!", "a0", "a-b", "a.b", "../a", ".s3cache~f~a",
        "trail", "trail/x", "é/x", "0/0/0", "😀/😀", ".s3cache~d~",
    ]

    /// Around every limit of file systems: 244 and 255 bytes a name, characters of several bytes across the cut.
    private static func lengths(room: Int) -> [String] {
        let components = [243, 244, 245, 254, 255, 256, 257, 488, 489, 511, 512, 733].map { letters("n", $0) }
        let wide = (0..<4).flatMap { shift in
            [62, 128].map { letters("w", shift) + String(repeating: "😀", count: $0) }
        }
        let interleaved = ["", "a", "b/x", "b" + letters("c", 20), "c" + letters("d", 20), "d"].map {
            letters("i", 244) + $0
        }
        let directories = components.map { $0 + "/inside" } + components.map { "in/" + $0 + "/" }
        let longest = [letters("k", room), letters("k/", room), letters("k", room - 1) + "/", letters("/", room)]
        return components + wide + interleaved + directories + longest
    }

    private static func letters(_ pattern: String, _ count: Int) -> String {
        String(repeating: pattern, count: max(0, count) / pattern.utf8.count)
    }
}
