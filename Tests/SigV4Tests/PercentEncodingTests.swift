import Testing

@testable import SigV4

@Suite("Percent-encoding")
struct PercentEncodingTests {
    @Test("keeps the unreserved characters and nothing else, byte by byte")
    func table() {
        let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        for byte in UInt8.min...UInt8.max {
            let digits = String(byte, radix: 16, uppercase: true)
            let escaped = "%" + (digits.count == 1 ? "0" + digits : digits)
            let kept = String(decoding: [byte], as: UTF8.self)
            #expect(PercentEncoding.encode([byte]) == (unreserved.contains(byte) ? kept : escaped))
            let isPathCharacter = unreserved.contains(byte) || byte == UInt8(ascii: "/")
            #expect(PercentEncoding.encode([byte], .path) == (isPathCharacter ? kept : escaped))
        }
    }

    @Test("comes back from random bytes, whole and in requests")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...300, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            for rule in [PercentEncoding.Rule.component, .path] {
                let encoded = PercentEncoding.encode(bytes, rule)
                #expect(encoded.utf8.allSatisfy { PercentEncoding.keeps($0, .path) || $0 == UInt8(ascii: "%") })
                #expect(PercentEncoding.decode(encoded) == bytes)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let path = RequestPath.root.appending(raw: text).encoded
            #expect(PercentEncoding.decode(path) == [UInt8(ascii: "/")] + Array(text.utf8))
            #expect(try RequestPath(encoded: path).encoded == path)
        }
    }

    @Test("a % without two digits cannot be decoded", arguments: ["%", "%4", "%4g", "a%", "%%41", "%é"])
    func refused(_ text: String) {
        #expect(PercentEncoding.decode(text) == nil)
    }

    @Test("paths stay as they are but for the encoding")
    func paths() throws {
        #expect(RequestPath(raw: "").encoded == "/")
        #expect(RequestPath(raw: "a b").encoded == "/a%20b")
        #expect(RequestPath(raw: "/a//../b/").encoded == "/a//../b/")
        #expect(RequestPath.root.appending(raw: "/").encoded == "//")
        #expect(RequestPath(segments: ["a/b", "", "c+"]).encoded == "/a%2Fb//c%2B")
        #expect(RequestPath(segments: []).encoded == "/")
        #expect(try RequestPath(encoded: "/a%2Fb").appending(raw: "c%2F").encoded == "/a%2Fb/c%252F")
        #expect(RequestPath(raw: "/e\u{301}").encoded == "/e%CC%81")
        #expect(RequestPath(raw: "/\u{e9}").encoded == "/%C3%A9")
    }

    @Test("an encoded path must be one", arguments: ["", "a", "/a b", "/é", "/a?b", "/a#b", "/%", "/%2", "/a\n"])
    func encodedPathRefused(_ path: String) {
        #expect { try RequestPath(encoded: path) } throws: { ($0 as? SigningError)?.code == .invalidPath }
    }
}
