import Testing

@testable import SigV4

@Suite("Signing keys")
struct SigningKeyTests {
    private static func key(_ day: String, secret: String = Sample.secret) throws -> SigningKey {
        try SigningKey(
            credentials: try Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: secret),
            scope: try CredentialScope(day: Sample.time("\(day)T000000Z").day, region: "us-east-1", service: "iam"))
    }

    @Test("derive as AWS documents it")
    func derivation() throws {
        // "Examples of how to derive a signing key", AWS General Reference.
        let key = try Self.key("20120215", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
        let bytes = key.innerPad.prefix(32).map { $0 ^ 0x36 }
        #expect(Hex.encode(bytes) == "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d")
        #expect(key.innerPad.dropFirst(32).allSatisfy { $0 == 0x36 })
        #expect(key.outerPad.prefix(32).map { $0 ^ 0x5c } == bytes)
        #expect(key.outerPad.dropFirst(32).allSatisfy { $0 == 0x5c })
        #expect(key.scope.description == "20120215/us-east-1/iam/aws4_request")
    }

    @Test("a signer elsewhere that has the pads and plain SHA-256 makes the same signature")
    func pads() throws {
        let key = try Self.key("20280229")
        let text = "AWS4-HMAC-SHA256\n20280229T000000Z\n\(key.scope)\n\(PayloadHash.empty.text)"
        let inner = try SHA256.hash(key.innerPad + Array(text.utf8)).bytes
        #expect(try SHA256.hash(key.outerPad + inner).hex == key.signature(of: text))
    }

    @Test("the cache tells apart access key id, secret, day, region and service")
    func identity() throws {
        let cache = SigningKeyCache()
        let day = Sample.time().day
        let next = try day.advanced(by: 1)
        func pad(
            _ id: String, _ secret: String, _ day: SigningDay, _ region: String, _ service: String
        ) throws -> [UInt8] {
            let credentials = try Credentials(accessKeyID: id, secretAccessKey: secret)
            let scope = try CredentialScope(day: day, region: region, service: service)
            let cached = try cache.key(for: credentials, scope: scope)
            #expect(cached.scope == scope)
            #expect(cached.innerPad == (try SigningKey(credentials: credentials, scope: scope).innerPad))
            return cached.innerPad
        }
        for _ in 0..<2 {
            let pads = try [
                pad("a", "s", day, "r", "x"), pad("a", "s2", day, "r", "x"), pad("a", "s", next, "r", "x"),
                pad("a", "s", day, "r2", "x"), pad("a", "s", day, "r", "x2"),
            ]
            #expect(Set(pads).count == 5)
            #expect(try pad("b", "s", day, "r", "x") == pads[0])
            #expect(cache.count == 6)
        }
        cache.removeAll()
        #expect(cache.count == 0)
    }

    @Test("the cache holds at most its capacity, and keeps the keys in use")
    func bound() throws {
        let cache = SigningKeyCache(capacity: 3)
        let credentials = try Credentials(accessKeyID: "a", secretAccessKey: "s")
        let first = try SigningDay(number: 20_000)
        for number in 0..<50 {
            for day in [first, try first.advanced(by: number)] {
                let scope = try CredentialScope(day: day, region: "r", service: "s3")
                #expect(try cache.key(for: credentials, scope: scope).scope == scope)
            }
            #expect(cache.count <= 3)
        }
        #expect(SigningKeyCache(capacity: 0).description == "SigningKeyCache(0 of 1)")
    }
}
