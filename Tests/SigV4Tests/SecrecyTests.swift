import Testing

@testable import SigV4

@Suite("Secrets are in no description, dump or error")
struct SecrecyTests {
    private static let time = Sample.time()

    /// Everything that shows a value.
    private func shown(_ value: Any) -> String {
        var text = "\(value) \(String(reflecting: value)) \(String(describing: [value]))"
        dump(value, to: &text)
        dump(["wrapped": value], to: &text)
        return text
    }

    @Test("not those of credentials, signers, keys and caches")
    func values() throws {
        let keys = SigningKeyCache()
        let signer = try Sample.signer(token: Sample.token, keys: keys)
        let key = try signer.key(on: Self.time.day)
        let chunks = ChunkSigner(key: key, at: Self.time, seedSignature: "5eed")
        let pads = [key.innerPad, key.outerPad].map { Hex.encode($0) } + ["\(key.innerPad)", "\(key.outerPad)"]
        let values: [Any] = [
            signer.credentials, signer, key, keys, chunks, key.code, signer.credentials.secret,
            signer.credentials.token as Any,
        ]
        for value in values {
            let text = shown(value)
            for secret in [Sample.secret, Sample.token, "AKIAIOSFODNN7EXAMPLE", "5eed"] + pads {
                #expect(!text.contains(secret), "\(type(of: value))")
            }
        }
        #expect(signer.credentials.description == "Credentials(****MPLE, temporary)")
        #expect(try Credentials(accessKeyID: "abcd", secretAccessKey: "s").maskedAccessKeyID == "****")
    }

    @Test("not the signature or token of what was signed")
    func results() throws {
        let signer = try Sample.signer(token: Sample.token)
        let customerKey = HeaderField("X-Amz-Server-Side-Encryption-Customer-Key", "c3VwZXJzZWNyZXQ=")
        let request = try Sample.request(headers: [customerKey])
        let url = try signer.presign(request, expires: 60, at: Self.time)
        let headers = try signer.headers(for: request, at: Self.time)
        let policy = try signer.sign(PostPolicy(expiration: Self.time, conditions: []), at: Self.time)
        let secrets = [
            String(url.text.suffix(64)), String(headers.last?.value.suffix(64) ?? ""), try #require(policy["policy"]),
            try #require(policy["x-amz-signature"]), Sample.token, PercentEncoding.encode(Sample.token),
            customerKey.value,
        ]
        let values: [Any] = [
            url, headers, policy, policy.fields, customerKey, try signer.trace(request, at: Self.time),
            try signer.trace(presigning: request, expires: 60, at: Self.time),
        ]
        for value in values {
            let text = shown(value)
            for secret in secrets { #expect(!text.contains(secret), "\(type(of: value))") }
        }
        #expect(url.description == "https://examplebucket.s3.amazonaws.com/test.txt?(signed)")
    }

    @Test("a trace differs from what is signed in the hidden values only")
    func trace() throws {
        let request = try Sample.request()
        let plain = try Sample.signer().trace(request, at: Self.time)
        #expect(plain.canonicalRequest == plain.exactCanonicalRequest)
        let temporary = try Sample.signer(token: Sample.token).trace(request, at: Self.time)
        #expect(temporary.exactCanonicalRequest.replacing(Sample.token, with: "hidden") == temporary.canonicalRequest)
        #expect(temporary.stringToSign.hasSuffix(try SHA256.hash(temporary.exactCanonicalRequest).hex))
    }

    @Test("not in the errors of bad credentials")
    func errors() {
        let bad = [
            ("AKIA/1", "hunter2", nil), ("AKIA1", "hunter2\n", nil), ("AKIA1", " hunter2", nil), ("", "hunter2", nil),
            ("AKIA1", "", nil), ("AKIA1", "hunter2", "tok\nen"), ("AK\nIA", "hunter2", nil),
        ]
        for (id, secret, token) in bad as [(String, String, String?)] {
            #expect {
                try Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token)
            } throws: { error in
                let text = shown(error)
                return (error as? SigningError)?.code == .invalidCredentials && !text.contains("hunter2")
                    && !text.contains("AKIA") && !text.contains("tok\nen")
            }
        }
    }
}
