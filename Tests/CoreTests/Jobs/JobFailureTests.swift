import Testing

@testable import Core

@Suite struct JobFailureTests {
    @Test func storeErrorKeepsWhatItKnows() {
        let error = StoreError(
            .accessDenied, "Denied.", operation: "ListObjectsV2", bucket: "b", key: "k", requestID: "r")
        let failure = JobFailure(from: error)
        #expect(failure.code == "access_denied" && failure.message == "Denied." && !failure.isRetryable)
        #expect(failure.operation == "ListObjectsV2" && failure.bucket == "b" && failure.key == "k")
        #expect(failure.requestID == "r" && "\(failure)" == "Denied.")
    }

    @Test(arguments: [
        (StoreError.Code.unavailable, true), (.inputOutput, true), (.noSuchBucket, false), (.malformedListing, false),
    ])
    func whetherAnotherAttemptHelpsIsTheStoresWord(code: StoreError.Code, isRetryable: Bool) {
        let error = StoreError(code, "x", operation: "HeadObject", bucket: "b")
        #expect(JobFailure(from: error).isRetryable == isRetryable)
    }

    @Test func failureStaysAsItIsAndTheUnforeseenIsTriedAgain() {
        struct Unforeseen: Error {}
        let failure = JobFailure(code: "c", message: "m", isRetryable: false)
        #expect(JobFailure(from: failure) == failure)
        #expect(JobFailure(from: Unforeseen()).code == "internal" && JobFailure(from: Unforeseen()).isRetryable)
    }
}
