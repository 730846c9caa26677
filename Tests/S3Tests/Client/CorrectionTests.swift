import TestSupport
import Testing

@testable import S3

/// Region, clock and credentials are put right once, from what the server says.
@Suite(.timeLimit(.minutes(15))) struct CorrectionTests {
    static let malformedHeader = Answer.error(400, "AuthorizationHeaderMalformed", more: "<Region>eu-west-1</Region>")

    @Test(
        "The region is taken from the server, and kept for the bucket",
        arguments: [
            malformedHeader,
            Answer.response(301, "", "x-amz-bucket-region: eu-west-1", "Location: http://127.0.0.1:1/"),
            Answer.error(301, "PermanentRedirect", "x-amz-bucket-region: eu-west-1"),
            Answer.error(307, "TemporaryRedirect", "x-amz-bucket-region: eu-west-1"),
        ])
    func region(_ answer: String) async throws {
        try await Bench.use(answers: [answer, Answer.page()]) { bench async throws in
            _ = try await bench.client.listObjects("bucket")
            _ = try await bench.client.listObjects("bucket")
            #expect(bench.requests.count == 3)
            let scopes = bench.requests.all.map { $0["authorization"]?.contains("/eu-west-1/s3/") }
            #expect(scopes == [false, true, true])
            #expect(bench.clock.pauses.isEmpty)
            #expect(bench.client.counters.corrections == 1 && bench.client.counters.retries == 0)
        }
    }

    @Test func theRegionIsCorrectedOnceACall() async throws {
        let answers = ["eu-west-1", "eu-west-2"].map {
            Answer.error(400, "AuthorizationHeaderMalformed", more: "<Region>\($0)</Region>")
        }
        try await Bench.use(answers: answers) { bench async throws in
            let error = try await s3Error { _ = try await bench.client.listObjects("bucket") }
            #expect(error?.code == .wrongRegion && error?.regionHint == "eu-west-2")
            #expect(error?.message.contains("set the region to eu-west-2") == true)
            #expect(bench.requests.count == 2)
        }
    }

    @Test func aRegionThatCannotBeOneIsIgnored() async throws {
        let answer = Answer.error(301, "PermanentRedirect", "x-amz-bucket-region: evil.example/x#")
        try await Bench.use(answers: [answer]) { bench async throws in
            let error = try await s3Error { _ = try await bench.client.listObjects("bucket") }
            #expect(error?.code == .wrongRegion && error?.regionHint == nil)
            #expect(bench.requests.count == 1)
        }
    }

    @Test func awsIsAskedAtTheRegionsOwnHost() throws {
        let signer = try RequestSigner(S3ClientSettings(region: "us-east-1"))
        #expect(signer.endpoint(in: "eu-west-1").description == "https://s3.eu-west-1.amazonaws.com")
        var settings = S3ClientSettings(endpoint: try S3Endpoint("https://s3.us-west-2.amazonaws.com"))
        #expect(
            try RequestSigner(settings).endpoint(in: "eu-west-1").description == "https://s3.eu-west-1.amazonaws.com")
        settings.endpoint = try S3Endpoint("https://s3.example.com")
        #expect(try RequestSigner(settings).endpoint(in: "eu-west-1").description == "https://s3.example.com")
    }

    @Test func manyBucketsAreNotAllRemembered() {
        let regions = RegionMap(capacity: 2)
        for number in 0..<5 { regions.keep("r", of: "b\(number)") }
        #expect(regions["b4"] == "r" && regions["b0"] == nil)
    }

    @Test(
        "The clock is taken from the server, and kept",
        arguments: [
            Answer.error(403, "RequestTimeTooSkewed", "Date: Tue, 14 Nov 2023 23:13:20 GMT"),
            Answer.error(403, "RequestTimeTooSkewed", more: "<ServerTime>2023-11-14T23:13:20Z</ServerTime>"),
            Answer.error(403, "SignatureDoesNotMatch", "Date: Tue, 14 Nov 2023 23:13:20 GMT"),
            Answer.error(403, "AccessDenied", "Date: Tue, 14 Nov 2023 23:13:20 GMT"),
        ])
    func clock(_ answer: String) async throws {
        try await Bench.use(answers: [answer, Answer.page()]) { bench async throws in
            _ = try await bench.client.listObjects("bucket")
            bench.clock.advance(60)
            _ = try await bench.client.listObjects("bucket")
            let dates = bench.requests.all.map { $0["x-amz-date"] }
            #expect(dates == ["20231114T221320Z", "20231114T231320Z", "20231114T231420Z"])
        }
    }

    @Test func theClockIsCorrectedForEachOfThoseThatWereUnderWay() async throws {
        let gate = Gate()
        try await Bench.use(script: { number in
            // Both are signed before either is refused.
            if number == 0 { gate.pass() }
            if number == 1 { gate.open() }
            return number < 2
                ? Answer.error(403, "RequestTimeTooSkewed", "Date: Tue, 14 Nov 2023 23:13:20 GMT") : Answer.page()
        }) { bench async throws in
            async let first = bench.client.listObjects("bucket")
            async let second = bench.client.listObjects("bucket")
            _ = try await (first, second)
            #expect(bench.requests.all.map { $0["x-amz-date"] }.suffix(2) == ["20231114T231320Z", "20231114T231320Z"])
        }
    }

    @Test func aRefusalAtTheRightTimeIsNoMatterOfTheClock() async throws {
        let answer = Answer.error(403, "AccessDenied", "Date: Tue, 14 Nov 2023 22:16:20 GMT")
        try await Bench.use(answers: [answer]) { bench async throws in
            let error = try await s3Error { _ = try await bench.client.listObjects("bucket") }
            #expect(error?.code == .accessDenied)
            #expect(bench.requests.count == 1)
        }
    }

    @Test func theClockIsCorrectedOnceACall() async throws {
        let answers = ["22:30:20", "22:50:20"].map {
            Answer.error(403, "RequestTimeTooSkewed", "Date: Tue, 14 Nov 2023 \($0) GMT")
        }
        try await Bench.use(answers: answers) { bench async throws in
            #expect(try await s3Error { _ = try await bench.client.listObjects("bucket") }?.code == .clockSkewed)
            #expect(bench.requests.count == 2)
        }
    }

    @Test(
        "Credentials that have ended are discarded", arguments: ["ExpiredToken", "InvalidToken", "InvalidAccessKeyId"])
    func credentials(_ code: String) async throws {
        try await Bench.use(answers: [Answer.error(400, code), Answer.page()]) { bench async throws in
            _ = try await bench.client.listObjects("bucket")
            #expect(bench.credentials.discarded == ["AKIAFIRST"])
            #expect(bench.requests.all.map { $0["authorization"]?.contains("AKIASECOND/") } == [false, true])
            #expect(bench.requests.all.map { $0["x-amz-security-token"] } == ["t0k3n-AKIAFIRST", "t0k3n-AKIASECOND"])
        }
    }

    @Test func withoutOtherCredentialsTheErrorIsThrown() async throws {
        try await Bench.use(answers: [Answer.error(400, "ExpiredToken")]) { bench async throws in
            #expect(try await s3Error { _ = try await bench.client.listObjects("bucket") }?.code == .expiredCredentials)
            #expect(bench.requests.count == 2)
            // Now the last ones are in use.
            #expect(try await s3Error { _ = try await bench.client.listObjects("bucket") }?.code == .expiredCredentials)
            #expect(bench.requests.count == 3)
        }
    }

    @Test func aWrongSecretIsNotAskedForAgain() async throws {
        try await Bench.use(answers: [Answer.error(403, "SignatureDoesNotMatch")]) { bench async throws in
            #expect(try await s3Error { _ = try await bench.client.listObjects("bucket") }?.code == .invalidCredentials)
            #expect(bench.credentials.discarded.isEmpty && bench.requests.count == 1)
        }
    }
}
