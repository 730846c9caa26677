import Core
import Testing

@Suite("ObjectKey")
struct ObjectKeyTests {
    @Test("orders by bytes, not as String does")
    func order() {
        let keys = ["a/", "a", "a!", "B", "b", "\u{FF5E}", "😀", "é", "z", "a0", ""].map { ObjectKey($0) }
        let byBytes = keys.sorted { $0.string.utf8.lexicographicallyPrecedes($1.string.utf8) }
        #expect(keys.sorted() == byBytes)
        #expect(byBytes.map(\.string) == ["", "B", "a", "a!", "a/", "a0", "b", "z", "é", "\u{FF5E}", "😀"])
    }

    @Test("tells spellings apart that String thinks equal, in comparisons and in sets")
    func normalisation() {
        let composed: ObjectKey = "\u{E9}"
        let decomposed: ObjectKey = "e\u{301}"
        #expect(composed.string == decomposed.string)
        #expect(composed != decomposed && decomposed < composed)
        #expect(Set([composed, decomposed, "\u{E9}"]).count == 2)
    }

    @Test("compares as negative, zero or positive")
    func compare() {
        #expect(ObjectKey.compare("a", "b") < 0)
        #expect(ObjectKey.compare("b", "a") > 0)
        #expect(ObjectKey.compare("ab", "a") > 0)
        #expect(ObjectKey.compare("", "a") < 0)
        #expect(ObjectKey.compare("same", "same") == 0)
    }

    @Test("measures its length in bytes")
    func length() {
        #expect(ObjectKey("é😀a").length == 7)
        #expect(ObjectKey("").length == 0)
    }

    @Test("has a prefix if its bytes begin so, also within a character of several scalars")
    func prefix() {
        #expect(ObjectKey("10/a").hasPrefix("1"))
        #expect(!ObjectKey("10/a").hasPrefix("1/"))
        #expect(ObjectKey("e\u{301}").hasPrefix("e"))
        #expect(!ObjectKey("e\u{301}").hasPrefix("\u{E9}"))
        #expect(ObjectKey("a").hasPrefix("") && !ObjectKey("").hasPrefix("a"))
    }

    @Test("drops a prefix by bytes, also in front of a combining character")
    func dropping() {
        #expect(ObjectKey("img/a").dropping(prefixOfLength: 4) == "a")
        #expect(ObjectKey("img/\u{301}a").dropping(prefixOfLength: 4) == "\u{301}a")
        #expect(ObjectKey("a").dropping(prefixOfLength: 0) == "a")
        #expect(ObjectKey("a").dropping(prefixOfLength: 1) == "")
    }

    @Test("is quoted so that it cannot garble a terminal or a log")
    func quoted() {
        #expect(ObjectKey("plain/é 😀").quoted == "\"plain/é 😀\"")
        #expect(ObjectKey("a\nb\u{1B}[0m\u{7F}\u{85}").quoted == "\"a\\u{A}b\\u{1B}[0m\\u{7F}\\u{85}\"")
        #expect(ObjectKey("\"\\\u{202E}\u{2028}").quoted == "\"\\\"\\\\\\u{202E}\\u{2028}\"")
        #expect(ObjectKey(String(repeating: "x", count: 5000)).quoted.count == 1024 + 3)
    }
}
