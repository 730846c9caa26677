import HTTP
import TestSupport
import Testing

/// The servers that `scripts/test-s3.sh` has started answer where the environment says.
@Suite(.timeLimit(.minutes(15))) struct S3TestServerTests {
    func status(_ url: String, authority: String? = nil) async throws -> Int {
        var request = HTTPRequest(.get, url)
        if let authority { request.tls.authorityBundlePath = authority }
        let client = try HTTPClient()
        let outcome: Result<HTTPResponse, any Error>
        do { outcome = .success(try await client.send(request, bodyLimit: 1 << 20)) } catch {
            outcome = .failure(error)
        }
        await client.close()
        return try outcome.get().status
    }

    @Test func bothServersRefuseABucketWithoutASignature() async throws {
        for server in [try S3TestServer.rgw, try S3TestServer.swift] {
            let status = try await status("\(server.endpoint)/\(server.uniqueBucketName())/key")
            #expect((400..<500).contains(status), "\(server): \(status)")
        }
    }

    @Test func theUsersDiffer() throws {
        let (main, other) = (try S3TestServer.rgw, try S3TestServer.rgwOther)
        #expect(main.endpoint == other.endpoint && main.accessKey != other.accessKey)
        #expect(main.secretKey != other.secretKey && main.uniqueBucketName() != main.uniqueBucketName())
        #expect("\(main) \(String(reflecting: main))".contains(main.secretKey) == false)
    }

    @Test func theGoodCertificateIsAccepted() async throws {
        let endpoint = try S3TestServer.tls(.good).endpoint
        #expect(try await status(endpoint + "/", authority: try S3TestServer.authorityFile) == 200)
    }

    @Test("All other certificates are refused", arguments: [S3TestServer.Certificate.untrusted, .expired, .wrongName])
    func refused(_ certificate: S3TestServer.Certificate) async throws {
        let endpoint = try S3TestServer.tls(certificate).endpoint
        let authority = try S3TestServer.authorityFile
        await #expect(throws: HTTPError.self) { _ = try await status(endpoint + "/", authority: authority) }
    }

    @Test func aProxyBeforeRGWPassesOnWhatItSays() async throws {
        let proxy = try FaultProxy(upstream: try S3TestServer.rgw.endpoint)
        #expect(try await status(proxy.origin + "/") == 200)
        #expect(try S3TestServer.rgw.reached(at: proxy.origin).endpoint == proxy.origin)
    }
}
