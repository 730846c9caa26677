import BucketSupport
import Core
import Foundation
import TestSupport
import Testing

/// Whose keys are published, and since when this process has had them.
@Suite("Credentials that signing keys are made of")
struct SigningKeySourceTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func source(_ variables: [String: String], profiles: String = "") throws -> any SigningKeySource {
        try write(profiles)
        let usual = [
            "AWS_SHARED_CREDENTIALS_FILE": scratch.path("credentials"), "AWS_CONFIG_FILE": "/nonexistent",
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        ]
        return try TestBucket.signingKeys(usual.merging(variables) { _, new in new })
    }

    private func write(_ profiles: String) throws {
        try Data(profiles.utf8).write(to: URL(fileURLWithPath: scratch.path("credentials")), options: .atomic)
    }

    private static func profile(_ name: String) -> String {
        "[\(name)]\naws_access_key_id = KEY\(name)\naws_secret_access_key = secret\n"
    }

    private static let profiles = ["reader", "writer", "mine", "other"].map(profile).joined()
    private static let own = ["AWS_ACCESS_KEY_ID": "KEYown", "AWS_SECRET_ACCESS_KEY": "secret"]

    @Test("are the environment's own, or those that it names for reading and for uploading")
    func ownProfiles() async throws {
        let plain = try source(Self.own, profiles: Self.profiles)
        #expect(try await plain.credential(of: nil, for: .presign).accessKeyID.value == "KEYown")
        #expect(try await plain.credential(of: nil, for: .upload).accessKeyID.value == "KEYown")
        let named = ["S3CACHE_PRESIGN_PROFILE": "reader", "S3CACHE_UPLOAD_PROFILE": "writer"]
        let apart = try source(Self.own.merging(named) { _, new in new }, profiles: Self.profiles)
        #expect(try await apart.credential(of: nil, for: .presign).accessKeyID.value == "KEYreader")
        #expect(try await apart.credential(of: nil, for: .upload).accessKeyID.value == "KEYwriter")
        // What is named and not there is not replaced by something else.
        let absent = try source(
            Self.own.merging(["S3CACHE_PRESIGN_PROFILE": "absent"]) { _, new in new }, profiles: Self.profiles)
        #expect(await code { _ = try await absent.credential(of: nil, for: .presign) } == .credentialsMissing)
        #expect(try await absent.credential(of: nil, for: .upload).accessKeyID.value == "KEYown")
    }

    @Test("of a profile that a cache chooses are those, for both purposes, if the environment allows it")
    func chosenProfiles() async throws {
        let named = ["S3CACHE_PRESIGN_PROFILE": "reader", "S3CACHE_ALLOWED_PROFILES": "mine"]
        let source = try source(Self.own.merging(named) { _, new in new }, profiles: Self.profiles)
        for purpose in [SigningKeyScope.Purpose.presign, .upload] {
            #expect(try await source.credential(of: "mine", for: purpose).accessKeyID.value == "KEYmine")
            for refused in ["other", "reader", "", "mine "] {
                #expect(
                    await code { _ = try await source.credential(of: refused, for: purpose) } == .configurationInvalid)
            }
        }
    }

    @Test("came when they were first seen, and anew when key, secret or token changes")
    func arrivals() async throws {
        let source = try source([:], profiles: Self.profile("default"))
        let first = try await source.credential(of: nil, for: .presign).obtainedAt
        #expect(try await source.credential(of: nil, for: .upload).obtainedAt == first)
        var last = first
        for changed in [
            Self.profile("default").replacing("= secret", with: "= other"),
            Self.profile("default") + "aws_session_token = token\n", Self.profile("default"),
        ] {
            try write(changed)
            let before = last
            try await waitUntil("the file is read again") {
                last = try await source.credential(of: nil, for: .presign).obtainedAt
                return last > before
            }
        }
    }

    @Test("say when they end where their source says so")
    func expirations() async throws {
        let json = #"{"Version": 1, "AccessKeyId": "K", "SecretAccessKey": "s", "SessionToken": "t", "#
        try scratch.write("ending", json + #""Expiration": "2096-10-02T07:06:40Z"}"#)
        let profiles = "[default]\ncredential_process = /bin/cat \(scratch.path("ending"))\n"
        let ending = try await source([:], profiles: profiles).credential(of: nil, for: .presign)
        #expect(ending.expiresAt == Timestamp(seconds: 4_000_000_000, nanoseconds: 0))
        #expect(ending.sessionToken?.value == "t")
        let token = Self.own.merging(["AWS_SESSION_TOKEN": "t"]) { _, new in new }
        #expect(try await source(token).credential(of: nil, for: .presign).expiresAt == nil)
    }

    @Test("are missing where nothing is set up, and no key is made for what is no region or day")
    func failures() async throws {
        let none = try source([:])
        #expect(await code { _ = try await none.credential(of: nil, for: .presign) } == .credentialsMissing)
        let own = try await source(Self.own).credential(of: nil, for: .presign)
        #expect(try own.keys(for: "eu-west-3", on: 20_000...20_001).map(\.day) == [20_000, 20_001])
        for (region, day) in [("a/b", 1), ("", 1), ("r", -1), ("r", .max)] {
            #expect(await code { _ = try own.keys(for: region, on: day...day) } == .configurationInvalid)
        }
    }

    private func code(_ body: () async throws -> Void) async -> StoreError.Code? {
        do { try await body() } catch { return (error as? StoreError)?.code }
        return nil
    }
}
