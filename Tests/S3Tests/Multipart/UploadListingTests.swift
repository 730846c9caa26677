import Testing

@testable import S3

@Suite(.timeLimit(.minutes(15))) struct UploadListingTests {
    @Test func partsAreListedPageByPage() async throws {
        let page = """
            <ListPartsResult><Bucket>bucket</Bucket><UploadId>id</UploadId><Initiator><ID>x</ID></Initiator>\
            <NextPartNumberMarker>4</NextPartNumberMarker><IsTruncated>true</IsTruncated>\
            <Part><PartNumber>3</PartNumber><LastModified>2024-01-01T00:00:00Z</LastModified><ETag>&quot;a&quot;</ETag>\
            <Size>5</Size></Part><Part><PartNumber>4</PartNumber><ETag>b</ETag><Size>6</Size></Part></ListPartsResult>
            """
        try await Bench.use(answers: [Answer.response(200, page), MultipartTests.gone]) { bench async throws in
            let parts = try await bench.client.listParts("bucket", "key", "id", after: 2)
            #expect(parts?.parts == [S3Part(number: 3, etag: "a", size: 5), S3Part(number: 4, etag: "b", size: 6)])
            #expect(parts?.next == 4)
            #expect(
                bench.requests.lines == ["GET /bucket/key?max-parts=1000&part-number-marker=2&uploadId=id"])
            #expect(try await bench.client.listParts("bucket", "key", "id") == nil)
        }
    }

    @Test(
        "Parts that cannot be believed are none",
        arguments: [
            "<Part><PartNumber>0</PartNumber><ETag>a</ETag><Size>1</Size></Part>",
            "<Part><PartNumber>1</PartNumber><ETag>a</ETag></Part>",
            "<Part><PartNumber>2</PartNumber><ETag>a</ETag><Size>1</Size></Part>"
                + "<Part><PartNumber>2</PartNumber><ETag>a</ETag><Size>1</Size></Part>",
            "<Part><PartNumber>10001</PartNumber><ETag>a</ETag><Size>1</Size></Part>",
            "<UploadId>other</UploadId>", "<IsTruncated>true</IsTruncated>", "<Part>",
        ])
    func malformedParts(_ body: String) async throws {
        try await Bench.use(answers: [Answer.response(200, "<ListPartsResult>\(body)</ListPartsResult>")]) {
            bench async throws in
            let error = try await s3Error { _ = try await bench.client.listParts("bucket", "key", "id") }
            #expect(error?.code == .malformedResponse)
        }
    }

    private static func upload(_ key: String, _ id: String) -> String {
        "<Upload><Key>\(key)</Key><UploadId>\(id)</UploadId><Initiated>2024-01-01T00:00:01.5Z</Initiated>"
            + "<Owner><ID>o</ID></Owner></Upload>"
    }

    @Test func uploadsAreListedPageByPage() async throws {
        let first =
            "<ListMultipartUploadsResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
            + "<NextKeyMarker>a+b%0A</NextKeyMarker><NextUploadIdMarker>2</NextUploadIdMarker>"
            + Self.upload("a%2Fx", "1") + Self.upload("a+b%0A", "2") + "</ListMultipartUploadsResult>"
        let last =
            "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>" + Self.upload("a+c", "3")
            + "</ListMultipartUploadsResult>"
        // That one may be encoded or not: it is asked for again, as it is.
        let answers = [first, last, last].map { Answer.response(200, $0) }
        try await Bench.use(answers: answers) { bench async throws in
            var page = try await bench.client.listMultipartUploads("bucket", prefix: "a", limit: 2)
            #expect(page.uploads.map(\.key) == ["a/x", "a b\n"] && page.uploads.map(\.id) == ["1", "2"])
            #expect(page.uploads.first?.startedAt == 1_704_067_201_500_000)
            #expect(page.next == S3UploadPage.Position(key: "a b\n", id: "2"))
            page = try await bench.client.listMultipartUploads("bucket", prefix: "a", after: page.next)
            #expect(page.uploads.map(\.key) == ["a+c"] && page.next == nil)
            #expect(
                bench.requests.lines == [
                    "GET /bucket?encoding-type=url&max-uploads=2&prefix=a&uploads=",
                    "GET /bucket?encoding-type=url&key-marker=a%20b%0A&max-uploads=1000&prefix=a&upload-id-marker=2&uploads=",
                    "GET /bucket?key-marker=a%20b%0A&max-uploads=1000&prefix=a&upload-id-marker=2&uploads=",
                ])
        }
    }

    @Test(
        "Uploads that cannot be believed are none",
        arguments: [
            "<Upload><Key>a</Key><UploadId>1</UploadId></Upload>", upload("b", "1"), upload("a", ""),
            upload("a", "x y"),
            "<IsTruncated>true</IsTruncated>", "<EncodingType>url</EncodingType>" + upload("a%zz", "1"),
            "<EncodingType>url</EncodingType>" + upload("a%FF", "1"), "<Upload>",
        ])
    func malformedUploads(_ body: String) async throws {
        let page = "<ListMultipartUploadsResult>\(body)</ListMultipartUploadsResult>"
        try await Bench.use(answers: [Answer.response(200, page)]) { bench async throws in
            let error = try await s3Error {
                _ = try await bench.client.listMultipartUploads("bucket", prefix: "a")
            }
            #expect(error?.code == .malformedResponse)
        }
    }

    @Test func aListingThatDoesNotGoOnIsRefused() async throws {
        let page =
            "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker>"
            + "<NextUploadIdMarker>1</NextUploadIdMarker>" + Self.upload("a", "1") + "</ListMultipartUploadsResult>"
        try await Bench.use(answers: [Answer.response(200, page)]) { bench async throws in
            let error = try await s3Error {
                _ = try await bench.client.listMultipartUploads(
                    "bucket", after: S3UploadPage.Position(key: "a", id: "1"))
            }
            #expect(error?.code == .malformedResponse)
        }
    }
}
