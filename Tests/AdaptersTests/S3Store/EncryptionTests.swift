import Core
import S3
import TestSupport
import Testing

@testable import Adapters

@Suite("Uploads ask for the encryption that the worker's environment says", .timeLimit(.minutes(5)))
struct EncryptionTests {
    /// The values of a header in the requests that store an object with these variables, whole and in parts.
    private func sent(_ header: String, _ variables: [String: String]) async throws -> [String?] {
        let seen = Shared<[String?]>([])
        let server = try ScriptedServer.answering { request in
            if !request.target.contains("partNumber=") {
                seen.withLock { $0.append(request[header]) }
            }
            return Self.answer(to: request)
        }
        defer { server.stop() }
        var all = variables
        all["AWS_ACCESS_KEY_ID"] = "AKIAEXAMPLE"
        all["AWS_SECRET_ACCESS_KEY"] = "secret"
        all["AWS_ENDPOINT_URL"] = server.origin
        let provider = try S3StoreProvider(environment: try S3Environment(all))
        let store = try provider.store(for: CacheConfiguration(name: "c", bucket: "b", prefix: ""))
        try await store.put("a", [1], PutOptions())
        var transfer = TransferOptions()
        transfer.threshold = 1
        transfer.save = { _ in throw StoreError(.accessDenied, "Enough.", operation: "", bucket: "b") }
        await #expect(throws: StoreError.self) {
            try await store.put("a", from: BytesSource([1, 2]), PutOptions(), transfer)
        }
        return Array(seen.value.prefix(2))
    }

    private static func answer(to request: ServedRequest) -> String {
        let body =
            request.target.contains("uploads")
            ? "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>" : ""
        return "HTTP/1.1 200 OK\r\netag: \"e\"\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test("with the store's key, with one of a service, or not at all")
    func headers() async throws {
        let header = "x-amz-server-side-encryption"
        let aes = ["S3CACHE_ENCRYPTION": "AES256"]
        #expect(try await sent(header, aes) == ["AES256", "AES256"])
        let kms = ["S3CACHE_ENCRYPTION": "aws:kms:key/1"]
        #expect(try await sent(header, kms) == ["aws:kms", "aws:kms"])
        #expect(try await sent(header + "-aws-kms-key-id", kms) == ["key/1", "key/1"])
        #expect(try await sent(header, [:]) == [nil, nil])
        #expect(try await sent(header, ["S3CACHE_ENCRYPTION": "AES256 b=aws:kms"]) == ["aws:kms", "aws:kms"])
        #expect(try await sent(header, ["S3CACHE_ENCRYPTION": "AES256, c=aws:kms"]) == ["AES256", "AES256"])
    }
}
