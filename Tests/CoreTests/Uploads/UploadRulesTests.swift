import Core
import ImageFixtures
import Testing

@Suite struct UploadRulesTests {
    private func check(
        _ bytes: [UInt8], key: ObjectKey, _ change: (inout CacheConfiguration, inout JobArguments) -> Void = { _, _ in }
    ) throws -> CheckedUpload {
        var configuration = CacheConfiguration(name: "c", bucket: "b", prefix: "")
        var arguments = JobArguments()
        change(&configuration, &arguments)
        return try UploadRules(configuration, arguments, key).check(ImageInspector.inspect(bytes))
    }

    @Test func imagesAreShownAndEverythingElseIsSaved() throws {
        #expect(try check(RasterImages.png(4, 3), key: "a.png").options.contentDisposition == nil)
        let text = try check(Array("a,b".utf8), key: "a.csv") { configuration, _ in
            configuration.content.allowedTypes = [.csv]
        }
        #expect(text.options.contentDisposition == "attachment" && text.options.contentType == "text/csv")
        let page = Array("<html><body>".utf8)
        for (category, disposition) in [(nil, "attachment"), ("Html", nil), ("PublicData", "attachment")] {
            let checked = try check(page, key: "a.html") { configuration, arguments in
                configuration.content.allowedTypes = [.html]
                arguments.category = category
            }
            #expect(checked.options.contentDisposition == disposition, "\(category ?? "none")")
        }
    }

    @Test func categoriesAddTypesOnlyWhereNobodyChoseThem() throws {
        let json = Array("{}".utf8)
        #expect(throws: (any Error).self) { try check(json, key: "a.json") }
        let added = try check(json, key: "a.json") { _, arguments in arguments.types = ["json"] }
        #expect(added.options.contentType == "application/json")
        #expect {
            try check(json, key: "a.json") { configuration, arguments in
                configuration.hasOwnTypes = true
                arguments.types = ["json"]
            }
        } throws: { ($0 as? ContentError)?.code == .typeNotAllowed }
    }

    @Test func categoriesChooseAmongACLsOnlyWhereTheCacheHasOne() throws {
        let cases: [(acl: String?, access: String?, sent: String?)] = [
            (nil, "public", nil), (nil, "private", nil), (nil, nil, nil),
            ("public-read", "private", "private"), ("private", "public", "public-read"),
            ("bucket-owner-full-control", nil, "bucket-owner-full-control"),
        ]
        for (acl, access, sent) in cases {
            let checked = try check(RasterImages.png(4, 3), key: "a.png") { configuration, arguments in
                configuration.acl = acl
                arguments.access = access
            }
            #expect(checked.options.acl == sent)
        }
    }

    @Test func cacheControlIsTheJobsThenTheCachesThenThatOfItsName() throws {
        let cases: [(job: String?, cache: String?, name: String?, sent: String?)] = [
            ("a", "b", "c", "a"), (nil, "b", "c", "b"), (nil, nil, "c", "c"), (nil, nil, nil, nil),
        ]
        for (job, cache, name, sent) in cases {
            let checked = try check(RasterImages.png(4, 3), key: "a.png") { configuration, arguments in
                arguments.cacheControl = job
                configuration.cacheControl = cache
                arguments.fallbackCacheControl = name
            }
            #expect(checked.options.cacheControl == sent)
        }
    }

    @Test func foldersAreLookedAtWhereThereIsACategory() throws {
        let image = RasterImages.png(4, 3)
        #expect(try check(image, key: "json/a.png").size == PixelSize(width: 4, height: 3))
        for (bytes, key) in [(image, ObjectKey("1/json/a.png")), (Array("{}".utf8), "images/a.json")] {
            #expect {
                try check(bytes, key: key) { configuration, arguments in
                    configuration.content.allowedTypes.insert(.json)
                    arguments.category = "PublicAsset"
                }
            } throws: { ($0 as? ContentError)?.code == .misplaced }
        }
        // A file of that name is no folder.
        _ = try check(image, key: "1/json") { _, arguments in arguments.category = "PublicAsset" }
    }

    @Test func inspectionThroughASourceTellsTheSame() async throws {
        for item in ImageCorpus.all {
            #expect(try await BytesSource(item.bytes).inspection() == ImageInspector.inspect(item.bytes), "\(item)")
        }
    }
}
