import BucketSupport
import Core
import Foundation
import TestSupport
import Testing

/// Credentials are replaced in their file while a worker runs: no attempt at a job fails, and nobody restarts anything.
@Suite(.timeLimit(.minutes(15))) struct RotationTests {
    @Test func noJobFailsWhileCredentialsAreRotated() async throws {
        let refused = Shared<String?>(nil)
        try await BucketSite.use(faults: { request in
            guard let key = refused.value, request["authorization"]?.contains("Credential=\(key)/") == true else {
                return .none
            }
            return .status(403, body: PassingFault.error("InvalidAccessKeyId"))
        }) { place in
            let server = place.bucket.server
            let other = try S3TestServer.rgwOther
            try await place.bucket.allowOther(["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"])
            try place.writeProfile(key: server.accessKey, secret: server.secretKey)
            let worker = try place.startWorker(place.profileVariables)
            var ids: [Int64] = []
            func upload() async throws {
                let id = Int64(
                    try await place.session.number("select s3cache.upload($1, 'abc'::bytea)", "\(ids.count)"))
                ids.append(id)
                #expect(try await place.session.wait(for: id).state == "done")
            }
            for next in [other, server, other] {
                let old = next.accessKey == other.accessKey ? server.accessKey : other.accessKey
                for _ in 0..<3 { try await upload() }
                // As it is done everywhere: the new key is there first, then the old one goes, seen or not.
                try place.writeProfile(key: next.accessKey, secret: next.secretKey)
                for _ in 0..<3 { try await upload() }
                try await BucketSite.nextSecond()
                refused.withLock { $0 = old }
                for _ in 0..<3 { try await upload() }
                #expect(
                    place.proxy.requests.last?["authorization"]?.contains("Credential=\(next.accessKey)/") == true)
                refused.withLock { $0 = nil }
            }
            #expect(try await place.session.number("select max(attempt) from s3cache.jobs") == 1)
            #expect(try await place.keys().count == ids.count)
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0))
            #expect(!worker.standardError.contains("Job failed"), "\(worker.standardError)")
        }
    }
}
