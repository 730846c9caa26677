import Core
import ImageFixtures
import Testing

@Suite struct ContentPolicyTests {
    private let everything = ContentPolicy(allowedTypes: Set(FileFormat.allCases))

    private func check(
        _ bytes: [UInt8], _ key: String, _ type: String? = nil, _ policy: ContentPolicy = ContentPolicy()
    ) throws -> AcceptedContent {
        try policy.check(ImageInspector.inspect(bytes), key: ObjectKey(key), declaredType: type)
    }

    @Test(
        arguments: [
            ("a.jpg", nil), ("a.JPEG", nil), ("a.jpe", "image/jpeg"), ("a", "image/jpg"), ("a", nil), ("a.b", nil),
            ("a.jpg", "application/octet-stream"), ("a.jpg", "IMAGE/JPEG; q=1"), ("1/a.v2.jfif", "binary/octet-stream"),
            ("avatars/example.com", nil), ("a.bin", nil),
        ] as [(String, String?)])
    func namesAndTypesThatAgreeAreTaken(_ key: String, _ type: String?) throws {
        #expect(try check(RasterImages.jpeg(4, 3), key, type).mediaType == "image/jpeg")
    }

    @Test(
        arguments: [
            ("a = b", "a.txt", nil, "text", "text/plain"), ("a,b\n1,2", "a.csv", nil, "csv", "text/csv"),
            ("a,b", "a.csv", "text/plain; charset=utf-8", "text", "text/plain; charset=utf-8"),
            ("let a = 1", "a.mjs", nil, "javascript", "text/javascript"),
            ("[a](b)", "a.md", nil, "markdown", "text/markdown"),
            ("{\"a\": 1}", "a.json", nil, "json", "application/json"), ("{}", "a", nil, "json", "application/json"),
            ("[1]", "a.json", "application/ld+json", "json", "application/ld+json"),
            ("<p>a", "a.html", nil, "html", "text/html"), ("<a xmlns='b'/>", "a.xml", "text/xml", "html", nil),
            ("<?xml version='1.0'?><rss/>", "a.xml", "application/rss+xml", "xml", "application/rss+xml"),
            ("%PDF-1.4", "a.pdf", nil, "pdf", "application/pdf"), ("a", "a.heic", nil, "heic", nil),
        ] as [(String, String, String?, String, String?)])
    func textIsWhatItIsCalled(_ text: String, _ key: String, _ type: String?, _ format: String, _ stored: String?)
        throws
    {
        guard let stored else {
            #expect(throws: ContentError.self) { try check(Array(text.utf8), key, type, everything) }
            return
        }
        let accepted = try check(Array(text.utf8), key, type, everything)
        #expect(accepted.format.rawValue == format && accepted.mediaType == stored && accepted.size == nil)
    }

    @Test func formatsBeyondImagesAreASetting() throws {
        let video = ContainerImages.fileType("isom", ["mp42"])
        #expect(throws: ContentError.self) { try check(video, "a.mp4", "video/mp4") }
        let archive = ContentPolicy(allowedTypes: FileFormat.rasterImages.union([.mp4, .pdf]))
        #expect(try check(video, "a.mp4", "video/mp4", archive).mediaType == "video/mp4")
        #expect(try check([1, 0, 2], "a.dat", "application/x-own", everything).mediaType == "application/x-own")
        #expect(throws: ContentError.self) { try check([1, 0, 2], "a.png", nil, everything) }
    }

    @Test func heifStaysWhatItIsCalled() throws {
        let bytes = ContainerImages.image(8, 8, brand: "heic")
        #expect(try check(bytes, "a.heif").mediaType == "image/heif")
        #expect(try check(bytes, "a.heic").mediaType == "image/heic")
        #expect(try check(bytes, "a").mediaType == "image/heic")
    }

    @Test func limitsAreExact() throws {
        let bytes = RasterImages.png(10, 10)
        let policy = ContentPolicy(maxBytes: Int64(bytes.count), maxPixels: 100)
        #expect(try check(bytes, "a.png", nil, policy).size == PixelSize(width: 10, height: 10))
        var smaller = policy
        smaller.maxBytes -= 1
        #expect { try check(bytes, "a.png", nil, smaller) } throws: { ($0 as? ContentError)?.code == .tooLarge }
        smaller = policy
        smaller.maxPixels -= 1
        #expect { try check(bytes, "a.png", nil, smaller) } throws: { ($0 as? ContentError)?.code == .tooManyPixels }
        #expect(throws: ContentError.self) { try policy.check(size: Int64(bytes.count) + 1) }
    }

    @Test func messagesSayWhatIsTaken() {
        let policy = ContentPolicy(allowedTypes: [.png, .jpeg])
        #expect { try check(RasterImages.gif(1, 1), "a.gif", nil, policy) } throws: {
            "\($0)"
                == "The content is a GIF image, and the cache takes jpeg and png: convert it to one of these, or add gif to "
                + "allowed_types."
        }
        #expect { try check(RasterImages.png(1, 1), "a.gif", nil, policy) } throws: {
            "\($0)" == "The key ends in .gif but the content is a PNG image: give the key the extension of its content."
        }
    }

    @Test func everyFormatHasANameOfItsOwn() {
        for format in FileFormat.allCases where format.mediaType != nil {
            #expect(format.mediaType.flatMap { FileFormat(mediaType: $0) } == format)
            #expect(format.rawValue.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) })
        }
    }

    @Test func refusalsFailAJobForGood() {
        let failure = JobFailure(from: ContentError(.typeUnknown, "A sentence."))
        #expect(failure.code == "content_type_unknown" && failure.message == "A sentence." && !failure.isRetryable)
    }
}
