import Foundation
import HTTP
import SigV4
import TestSupport
import Testing

@testable import S3

/// Against Ceph RGW.
@Suite(.timeLimit(.minutes(15))) struct RealServerTests {
    struct FixedCredentials: CredentialsProvider {
        let value: Credentials

        func credentials() async throws -> Credentials { value }
        func discard(_ refused: Credentials) async {}
    }

    static let oddKeys = [
        "..", ".", "../x", "x/..", "x/./y", "//", "/", "/a", "a//b", "a", "a/", "a/b", "a+b c", "100%", "%2F", "%zz",
        "?x=1&y#z", "a\nb", "\r\n", "\t", "\u{1}", "\u{1}/\u{2}", "\u{1B}[", "\u{7F}", "\u{85}", "é", "e\u{301}", "😀",
        "\u{10FFFD}", "\u{FFFE}", "\u{FFFF}\u{1F}", "\u{E001}", "\u{FEFF}b", "\u{2028}", "<tag>", "q'q", "d\"q",
        "&amp;",
        "&#10;", "\\", " ", " lead", "trail ", "=", "?list-type=2", String(repeating: "k", count: 1_024),
        String(repeating: "😀", count: 256), "+",
    ]

    func withBucket(_ body: (S3Client, String) async throws -> Void) async throws {
        let server = try S3TestServer.rgw
        let credentials = try Credentials(accessKeyID: server.accessKey, secretAccessKey: server.secretKey)
        let http = try HTTPClient()
        let client = try S3Client(
            http: http, credentials: FixedCredentials(value: credentials),
            settings: S3ClientSettings(endpoint: try S3Endpoint(server.endpoint)))
        let bucket = server.uniqueBucketName()
        do {
            try await client.createBucket(bucket)
            try await body(client, bucket)
            while true {
                let page = try await client.listObjects(bucket)
                #expect(try await client.deleteObjects(bucket, page.map(\.key)).isEmpty)
                guard page.isTruncated else { break }
            }
            try await client.deleteBucket(bucket)
            await http.close()
        } catch {
            await http.close()
            throw error
        }
    }

    @Test func oddKeysAreStoredReadListedAndRemoved() async throws {
        try await withBucket { client, bucket async throws in
            for key in Self.oddKeys {
                let put = try await client.putObject(bucket, key, Array(("v:" + key).utf8))
                #expect(try await client.headObject(bucket, key)?.etag == put.etag)
                #expect(try await client.getObject(bucket, key, limit: 2_000)?.bytes == Array(("v:" + key).utf8))
                let part = try await client.getObject(bucket, key, range: .bytes(0...1), ifMatch: put.etag, limit: 2)
                #expect(part?.bytes == Array("v:".utf8))
            }
            let expected = Self.oddKeys.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
            for maxKeys in [1_000, 7, 1] {
                #expect(try await list(client, bucket, maxKeys, byToken: false) == expected)
                #expect(try await list(client, bucket, maxKeys, byToken: true) == expected)
            }
        }
    }

    @Test func whatIsMissingIsToldApart() async throws {
        try await withBucket { client, bucket async throws in
            #expect(try await client.headObject(bucket, "none") == nil)
            #expect(try await client.getObject(bucket, "none", limit: 1) == nil)
            try await client.deleteObject(bucket, "none")
            #expect(try await client.headBucket(bucket + "-none") == nil)
            let calls: [(String) async throws -> Void] = [
                { _ = try await client.headObject($0, "k") }, { _ = try await client.getObject($0, "k", limit: 1) },
                { _ = try await client.listObjects($0) }, { try await client.putObject($0, "k", []) },
                { try await client.deleteObject($0, "k") },
            ]
            for call in calls {
                #expect(try await s3Error { try await call(bucket + "-none") }?.code == .noSuchBucket)
            }
        }
    }

    private func list(_ client: S3Client, _ bucket: String, _ maxKeys: Int, byToken: Bool) async throws -> [[UInt8]] {
        var keys: [[UInt8]] = []
        var page = try await client.listObjects(bucket, maxKeys: maxKeys)
        keys += page.map { Array($0.key.utf8) }
        while page.isTruncated, keys.count < 1_000 {
            page = try await client.listObjects(
                bucket, startAfter: byToken ? nil : page.last?.key,
                continuationToken: byToken ? page.nextContinuationToken : nil, maxKeys: maxKeys)
            keys += page.map { Array($0.key.utf8) }
        }
        return keys
    }
}
