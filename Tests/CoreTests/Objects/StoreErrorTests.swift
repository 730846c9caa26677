import Core
import Testing

@Suite("StoreError")
struct StoreErrorTests {
    private func error(_ code: StoreError.Code) -> StoreError {
        StoreError(code, "One sentence.", operation: "GetObject", bucket: "b", key: "k", requestID: "r")
    }

    @Test("can be tried again only if the store or what is under it failed")
    func retryable() {
        let passing: [StoreError.Code] = [
            .unavailable, .inputOutput, .endpointUnreachable, .credentialsUnavailable, .checksumMismatch,
        ]
        for code in passing { #expect(error(code).isRetryable) }
        let fatal: [StoreError.Code] = [
            .noSuchBucket, .noSuchKey, .accessDenied, .invalidKey, .malformedListing, .tooLarge, .credentialsMissing,
            .credentialsInvalid, .credentialsExpired, .wrongRegion, .certificateRefused, .clockSkewed,
            .configurationInvalid, .requestRefused, .notOffered, .malformedResponse, .alreadyExists,
            .preconditionFailed,
        ]
        for code in fatal { #expect(!error(code).isRetryable) }
    }

    @Test("describes itself by its sentence alone")
    func description() { #expect("\(error(.accessDenied))" == "One sentence.") }

    @Test("refuses keys that no store takes", arguments: ["", "a\0b", "\0", String(repeating: "é", count: 513)])
    func refused(key: String) {
        let error = #expect(throws: StoreError.self) {
            try StoreError.check(ObjectKey(key), operation: "PutObject", bucket: "b")
        }
        #expect(error?.code == .invalidKey && error?.operation == "PutObject" && error?.bucket == "b")
        #expect(error?.message.hasSuffix(".") == true && error?.message.contains("\0") == false)
    }

    @Test("accepts every other key", arguments: ["a", "/", "..", "\n", "\u{1}", String(repeating: "é", count: 512)])
    func accepted(key: String) throws {
        try StoreError.check(ObjectKey(key), operation: "PutObject", bucket: "b")
    }
}
