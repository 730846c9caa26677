import Testing

@testable import S3

@Suite(.timeLimit(.minutes(15))) struct DeleteTests {
    @Test func aMissingObjectIsGoneToo() async throws {
        try await Bench.use(answers: [
            Answer.response(204), Answer.error(404, "NoSuchKey"), Answer.error(404, "NoSuchBucket"),
        ]) {
            bench async throws in
            try await bench.client.deleteObject("bucket", "key")
            try await bench.client.deleteObject("bucket", "key")
            #expect(try await s3Error { try await bench.client.deleteObject("bucket", "key") }?.code == .noSuchBucket)
        }
    }

    @Test func aPageIsNoAnswerToADeletion() async throws {
        let page = "<html><body>Please log in</body></html>"
        try await Bench.use(answers: [Answer.response(200, page), Answer.response(200, "")]) { bench async throws in
            let error = try await s3Error { try await bench.client.deleteObject("bucket", "key") }
            #expect(error?.code == .malformedResponse && error?.isRetryable == false)
            try await bench.client.deleteObject("bucket", "key")
        }
    }

    @Test func manyAreRemovedAtOnce() async throws {
        let result = """
            <DeleteResult><Deleted><Key>a&amp;&lt;&gt;&quot;&apos;</Key></Deleted><Deleted><Key>e\u{301}</Key></Deleted>\
            <Error><Key>b</Key><Code>AccessDenied</Code><Message>s3cr3t</Message></Error>\
            <Error><Key>c</Key><Code>InternalError</Code></Error><Error><Key>g</Key><Code>NoSuchKey</Code></Error></DeleteResult>
            """
        try await Bench.use(answers: [Answer.response(200, result), Answer.response(204)]) { bench async throws in
            let keys = ["a&<>\"'", "b", "c", "\u{E9}", "e\u{301}", "g", "line\nbreak", "\u{1}", "\u{FFFE}"]
            let failures = try await bench.client.deleteObjects("bucket", keys)
            #expect(failures.map(\.key) == ["b", "c", "\u{E9}"])
            #expect(failures.map(\.error.code) == [.accessDenied, .serverError, .malformedResponse])
            #expect(failures.map(\.error.isRetryable) == [false, true, false])
            #expect(failures.first?.error.message.contains("object \"b\" in bucket") == true)
            let requests = bench.requests.all
            #expect(bench.requests.lines.first == "POST /bucket?delete=" && requests.first?["content-md5"] != nil)
            #expect(
                bench.requests.lines.dropFirst() == [
                    "DELETE /bucket/line%0Abreak", "DELETE /bucket/%01", "DELETE /bucket/%EF%BF%BE",
                ])
            let body = String(decoding: requests.first?.body ?? [], as: UTF8.self)
            #expect(
                body.contains("<Object><Key>a&amp;&lt;&gt;&quot;&apos;</Key></Object>")
                    && body.hasSuffix("<Quiet>false</Quiet></Delete>"))
        }
    }

    @Test(
        "A result that cannot be read removes nothing",
        arguments: [
            "", "<DeleteResult>", "<DeleteResult><Deleted/></DeleteResult>", "<a/>",
            "<!DOCTYPE a><DeleteResult><Deleted><Key>a</Key></Deleted></DeleteResult>",
            "<DeleteResult><Deleted><Key>a</Key><Key>b</Key></Deleted></DeleteResult>",
        ])
    func malformed(_ body: String) async throws {
        try await Bench.use(answers: [Answer.response(200, body)]) { bench async throws in
            let error = try await s3Error { _ = try await bench.client.deleteObjects("bucket", ["a"]) }
            #expect(error?.code == .malformedResponse)
        }
    }

    @Test func anErrorInASuccessIsAnError() async throws {
        let answers = [
            Answer.error(200, "InternalError"),
            Answer.response(200, "<DeleteResult><Deleted><Key>a</Key></Deleted></DeleteResult>"),
        ]
        try await Bench.use(answers: answers) { bench async throws in
            #expect(try await bench.client.deleteObjects("bucket", ["a"]).isEmpty)
            #expect(bench.requests.count == 2)
        }
    }

    @Test func limits() async throws {
        try await Bench.use(answers: [Answer.response(204)]) { bench async throws in
            let many = (0...1_000).map { "\($0)" }
            #expect(
                try await s3Error { _ = try await bench.client.deleteObjects("bucket", many) }?.code == .invalidRequest)
            #expect(
                try await s3Error { _ = try await bench.client.deleteObjects("bucket", ["a", ""]) }?.code
                    == .invalidRequest)
            #expect(try await bench.client.deleteObjects("bucket", []).isEmpty)
            #expect(bench.requests.count == 0)
        }
    }
}
