import Testing

@testable import SigV4

@Suite("Hashes and codings give the values of their standards")
struct HashTests {
    @Test("SHA-256, in one piece and in many (FIPS 180-4)")
    func sha256() throws {
        #expect(try SHA256.hash("").hex == PayloadHash.empty.text)
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(try SHA256.hash("abc").hex == abc)
        #expect(try SHA256.hash("abc").base64 == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
        var hash = SHA256()
        for _ in 0..<10_000 { hash.update([UInt8](repeating: 0x61, count: 100)) }
        #expect(try hash.finalize().hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("HMAC-SHA256 with short, block-sized and longer keys (RFC 4231)")
    func hmac() throws {
        let short = try HMACSHA256(key: Array("Jefe".utf8))
        #expect(
            try short.authenticate(Array("what do ya want for nothing?".utf8)).hex
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let long = try HMACSHA256(key: [UInt8](repeating: 0xaa, count: 131))
        #expect(
            try long.authenticate(Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)).hex
                == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    @Test("the pads of a key make the same code with plain SHA-256", arguments: [0, 1, 32, 63, 64, 65, 200])
    func pads(_ length: Int) throws {
        let hmac = try HMACSHA256(key: (0..<length).map { UInt8(truncatingIfNeeded: $0) })
        let message = Array("a message".utf8)
        #expect(hmac.innerPad.count == 64 && hmac.outerPad.count == 64)
        let inner = try SHA256.hash(hmac.innerPad + message).bytes
        #expect(try SHA256.hash(hmac.outerPad + inner) == hmac.authenticate(message))
    }

    @Test("MD5 and Content-MD5 (RFC 1321)")
    func md5() throws {
        #expect(Hex.encode(try MD5.hash(Array("message digest".utf8))) == "f96b697d7cb7938d525a2f31aaf161d0")
        #expect(try MD5.contentMD5(of: []) == "1B2M2Y8AsgTpgAmY7PhCfg==")
        var hash = MD5()
        hash.update(Array("message".utf8))
        hash.update(Array(" digest".utf8))
        #expect(Hex.encode(try hash.finalize()) == "f96b697d7cb7938d525a2f31aaf161d0")
    }

    @Test(
        "base64 (RFC 4648 section 10)",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func base64(_ plain: String, _ encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.encode([0xfb, 0xff, 0xbf]) == "+/+/")
    }

    @Test("hexadecimal digits are written small, read in either case, and anything else is refused")
    func hex() {
        #expect(Hex.encode([0x00, 0x9f, 0xff]) == "009fff")
        #expect(Hex.decode("009FfF") == [0x00, 0x9f, 0xff])
        #expect(Hex.decode("0") == nil)
        #expect(Hex.decode("0g") == nil)
        #expect(Hex.decode("+1") == nil)
    }
}
