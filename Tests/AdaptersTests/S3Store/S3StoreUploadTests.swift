import BucketSupport
import Core
import HTTP
import S3
import SigV4
import TestSupport
import Testing

/// What buckets keep beside an object's bytes, which the port does not show.
@Suite("S3 buckets keep what is given with an object", .timeLimit(.minutes(15)))
struct S3StoreUploadTests {
    private struct FixedCredentials: CredentialsProvider {
        let value: Credentials

        func credentials() async throws -> Credentials { value }
        func discard(_ refused: Credentials) async {}
    }

    @Test("however it is put, and however it is copied", arguments: ["RGW", "SWIFT"])
    func options(server name: String) async throws {
        let server = name == "RGW" ? try S3TestServer.rgw : try S3TestServer.swift
        try await TestBucket.use(on: server) { bucket in
            var options = PutOptions(
                contentType: "image/x-test", cacheControl: "max-age=77", metadata: ["shade": "red"])
            options.contentDisposition = "attachment; filename=\"a b.png\""
            options.contentEncoding = "identity"
            var transfer = TransferOptions()
            transfer.threshold = 5 << 20
            transfer.partSize = 5 << 20
            let bytes = [UInt8](repeating: 7, count: 6 << 20)
            try await bucket.store.put("bytes", [1], options)
            try await bucket.store.put("source", from: BytesSource([1, 2]), options, transfer)
            try await bucket.store.put("parts", from: BytesSource(bytes), options, transfer)
            try await bucket.store.copy("bytes", to: "copy")
            var copy = CopyOptions()
            copy.threshold = 5 << 20
            copy.partSize = 5 << 20
            try await bucket.store.copy("parts", to: "copy of parts", copy)

            let http = try HTTPClient()
            let credentials = try Credentials(accessKeyID: server.accessKey, secretAccessKey: server.secretKey)
            let client = try S3Client(
                http: http, credentials: FixedCredentials(value: credentials),
                settings: S3ClientSettings(endpoint: try S3Endpoint(server.endpoint)))
            for key in ["bytes", "source", "parts", "copy", "copy of parts"] {
                let head = try await client.headObject(bucket.name, key)
                #expect(head?.contentType == "image/x-test" && head?.cacheControl == "max-age=77", "\(key)")
                #expect(head?.contentDisposition == "attachment; filename=\"a b.png\"", "\(key)")
                #expect(head?.contentEncoding == "identity" && head?.metadata["shade"] == "red", "\(key)")
            }
            await http.close()
        }
    }

    @Test("an upload through a connection that breaks is whole all the same", arguments: [1, 3])
    func brokenConnections(partsInFlight: Int) async throws {
        try await TestBucket.use(on: try .rgw) { bucket in
            // Also what has been done is not heard of: the last request, which completes the upload, among them.
            let proxy = try FaultProxy(upstream: bucket.server.endpoint) { request in
                request.number.isMultiple(of: 2) ? .reset(.afterRequest) : .none
            }
            let store = try bucket.store(at: proxy.origin, longestPause: .milliseconds(50))
            let bytes = (0..<17).flatMap { [UInt8](repeating: $0, count: (1 << 20) + 3) }
            var transfer = TransferOptions()
            transfer.threshold = 5 << 20
            transfer.partSize = 5 << 20
            transfer.partsInFlight = partsInFlight
            try await store.put("large", from: BytesSource(bytes), PutOptions(), transfer)
            #expect(try await bucket.store.get("large", limit: bytes.count) == bytes)
            #expect(proxy.count { $0.number.isMultiple(of: 2) } > 1)
        }
    }
}
