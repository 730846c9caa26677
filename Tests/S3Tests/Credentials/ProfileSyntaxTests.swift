import Commands
import Testing

@testable import S3

@Suite("The files of the AWS command line")
struct ProfileSyntaxTests {
    private func settings(_ text: String) throws -> [String: [String: String]] {
        let syntax = try ProfileSyntax(Array(text.utf8), path: "/f")
        return Dictionary(syntax.sections.map { ($0.name, $0.settings) }) { $0.merging($1) { $1 } }
    }

    @Test(
        "settings are read as the command line reads them",
        arguments: [
            "[p]\nname = value\n", "[p]\r\nname=value\r\n", "\u{FEFF}[p]\nname =value", "[p]\nNAME\t=\tvalue  \n",
            "[p]\nname: value\n", "# c = d\n; e\n\n[p]\n  # indented\nname = value\n", "  [p]\n  name = value\n",
            "[p]\nname = old\nname = value\n", "[p]\nname = value\n[q]\nname = other\n", "[p] # behind\nname = value\n",
            "[p]\ns3 =\n  name = nested\n  other = nested\nname = value\n", "[p]\nname = old\n[q]\n[p]\nname = value\n",
        ])
    func dialect(text: String) throws {
        #expect(try settings(text)["p"]?["name"] == "value")
        #expect(try settings(text)["p"]?["other"] == nil)
    }

    @Test("a '#' or ';' behind a value, quotes and further '=' belong to it")
    func values() throws {
        #expect(try settings("[p]\na = b # c\n")["p"]?["a"] == "b # c")
        #expect(try settings("[p]\na = \"b\";c=d\n")["p"]?["a"] == "\"b\";c=d")
    }

    @Test("lines that are indented continue a value")
    func continued() throws {
        #expect(try settings("[p]\na = b\n   c\nd = e\n")["p"] == ["a": "b\nc", "d": "e"])
    }

    @Test(
        "a line that is nothing of this is an error that names line and file, not the content",
        arguments: [
            ("[p]\nSECRET\n", "line 2 of /f"), ("name = SECRET\n", "line 1 of /f"), ("[p]\n= SECRET\n", "line 2 of /f"),
            ("[p\nSECRET", "line 1 of /f"),
        ])
    func malformed(text: String, place: String) throws {
        #expect {
            try settings(text)
        } throws: { error in
            (error as? CredentialsError)?.code == .incomplete && "\(error)".contains(place)
                && !"\(error)".contains("SECRET")
        }
    }

    @Test("what is not text is refused")
    func binary() throws {
        #expect(throws: CredentialsError.self) { try ProfileSyntax([0x5b, 0xff, 0x5d, 0x0a], path: "/f") }
        #expect(try ProfileSyntax([], path: "/f").sections.isEmpty)
    }

    @Test(
        "commands are split as Python's shlex does",
        arguments: [
            ("a b  c", ["a", "b", "c"]), ("a 'b c' \"d e\"", ["a", "b c", "d e"]), ("a\\ b", ["a b"]),
            ("\"a\\\"b\\\\c\\d\"", ["a\"b\\c\\d"]), ("'a\\b'", ["a\\b"]), ("a''", ["a"]), ("'' x", ["", "x"]),
            ("pre'mid'\"post\"", ["premidpost"]), ("a # b", ["a", "#", "b"]), ("a\n\tb\r\n", ["a", "b"]),
            ("$HOME `x` *", ["$HOME", "`x`", "*"]), ("", []), ("é'ü ö'", ["éü ö"]),
        ] as [(String, [String])])
    func words(command: String, words: [String]) {
        #expect(ShellWords.split(command) == words)
    }

    @Test("unfinished commands are none", arguments: ["'a", "a \"b", "a\\", "\"a\\"])
    func unfinished(command: String) {
        #expect(ShellWords.split(command) == nil)
    }
}
