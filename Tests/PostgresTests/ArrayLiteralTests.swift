import Testing

@testable import Postgres

@Suite struct ArrayLiteralTests {
    @Test func elementsAreQuotedAndEscaped() {
        #expect(ArrayLiteral.encode(["a", nil, "", #"q" \b"#, "NULL"]) == #"{"a",NULL,"","q\" \\b","NULL"}"#)
        #expect(ArrayLiteral.encode([1, nil, -3]) == "{1,NULL,-3}")
        #expect(ArrayLiteral.encode([String?]()) == "{}")
    }

    @Test func whatTheServerWritesIsRead() {
        #expect(ArrayLiteral.decode("{}") == [])
        #expect(ArrayLiteral.decode(#"{a,NULL,"NULL","","x\"\\,{}"}"#) == ["a", nil, "NULL", "", #"x"\,{}"#])
    }

    @Test(
        "What is not a one-dimensional array is refused",
        arguments: [
            "", "{", "}", "a", "{a", "{,}", "{a,}", #"{"a}"#, #"{"a"b}"#, "{{1},{2}}", "[0:1]={1,2}", #"{"a\"#, "{a}b",
        ])
    func refused(_ literal: String) {
        #expect(ArrayLiteral.decode(literal) == nil)
    }
}
