import BucketSupport
import Core
import Foundation
import TestSupport
import Worker

/// A worker in this process whose signing keys come from profiles in a file, a bucket of RGW, and the default cache on it.
struct KeyringRig: Sendable {
    let rig: Rig
    let bucket: TestBucket
    let journal: Journal
    private let files: TemporaryDirectory

    /// Runs `body` beside a worker that looks for what to publish all the time. `profiles` are those of the file at first.
    static func use(
        profiles: String, _ variables: [String: String] = [:],
        _ body: @escaping @Sendable (KeyringRig) async throws -> Void
    ) async throws {
        try await Rig.use { rig in
            try await TestBucket.use(on: .rgw) { bucket in
                let keyring = KeyringRig(
                    rig: rig, bucket: bucket, journal: Journal(), files: try TemporaryDirectory())
                try keyring.write(profiles)
                var environment = bucket.environment.merging(variables) { _, new in new }
                environment["AWS_ACCESS_KEY_ID"] = nil
                environment["AWS_SECRET_ACCESS_KEY"] = nil
                environment["AWS_SHARED_CREDENTIALS_FILE"] = keyring.files.path(of: "credentials")
                try await rig.session.run(
                    "select s3cache.configure(bucket => $1, endpoint => $2)", bucket.name, bucket.server.endpoint)
                var settings = WorkerSettings.small
                settings.publishInterval = .milliseconds(100)
                settings.signingKeyPruneInterval = .milliseconds(100)
                try await rig.withWorker(
                    bucket.store, settings: settings, signingKeys: try TestBucket.signingKeys(environment),
                    observe: keyring.journal.observe
                ) { try await body(keyring) }
            }
        }
    }

    /// Replaces the file of profiles in one step.
    func write(_ profiles: String) throws {
        try Data(profiles.utf8).write(to: URL(fileURLWithPath: files.path(of: "credentials")), options: .atomic)
    }

    /// A section of that file.
    static func profile(_ server: S3TestServer, named name: String = "default", token: String? = nil) -> String {
        let keys = "[\(name)]\naws_access_key_id = \(server.accessKey)\naws_secret_access_key = \(server.secretKey)\n"
        return keys + (token.map { "aws_session_token = \($0)\n" } ?? "")
    }

    /// What `s3cache.url()` gives.
    func url(_ filename: String, cache: String = "s3_image_cache") async throws -> String? {
        try await rig.session.text("select s3cache.url($1, cache => $2)", filename, cache)
    }

    /// Waits until a URL is of these credentials; gives it.
    func url(_ filename: String, signedBy server: S3TestServer) async throws -> String {
        var found: String?
        try await waitUntil("a URL of the credentials") {
            found = try await url(filename)
            return found?.contains("X-Amz-Credential=\(server.accessKey)%2F") ?? false
        }
        guard let found else { throw TestFailure("there is no URL of \(filename)") }
        return found
    }

    /// A URL to upload to, once there are keys for it.
    func uploadURL(_ filename: String, type: String) async throws -> String {
        try await waitUntil("keys to upload with") {
            try await rig.session.number("select count(*) from s3cache.signing_key where purpose = 'upload'") > 0
        }
        let url = try await rig.session.text("select s3cache.upload_url($1, content_type => $2)", filename, type)
        guard let url else { throw TestFailure("there is no URL to upload \(filename) to") }
        return url
    }

    /// The reasons that the worker gave for publishing nothing.
    var reasons: [String] {
        journal.all.compactMap { if case .signingKeysUnpublished(_, let reason) = $0 { reason } else { nil } }
    }
}
