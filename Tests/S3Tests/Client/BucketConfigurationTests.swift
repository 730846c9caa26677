import Testing

@testable import S3

/// What buckets are asked and told as a whole.
@Suite(.timeLimit(.minutes(15))) struct BucketConfigurationTests {
    private static let rule = """
        <Rule><ID>a &amp; b</ID><Filter><And><Prefix>x/&#x0A; </Prefix><Tag><Key>k</Key><Value/></Tag></And></Filter>\
        <Status>Enabled</Status><OfALaterYear><Depth>3</Depth></OfALaterYear></Rule>
        """
    private static let namespace = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""

    @Test func rulesAreWrittenBackAsTheyWereRead() async throws {
        let size = "x-amz-transition-default-minimum-object-size: varies_by_storage_class"
        let answers = [
            Answer.response(
                200,
                "<?xml version=\"1.0\"?>\n<LifecycleConfiguration\(Self.namespace)>\n  \(Self.rule)\n</LifecycleConfiguration>",
                size), Answer.response(200),
        ]
        try await Bench.use(answers: answers) { bench async throws in
            let lifecycle = try await bench.client.getBucketLifecycle("bucket")
            #expect(lifecycle.rules.count == 1 && lifecycle.minimumTransitionSize == "varies_by_storage_class")
            try await bench.client.putBucketLifecycle("bucket", lifecycle)
            #expect(bench.requests.lines == ["GET /bucket?lifecycle=", "PUT /bucket?lifecycle="])
            let sent = try #require(bench.requests.all.last)
            let body = String(decoding: sent.body, as: UTF8.self)
            let written = Self.rule.replacing("&#x0A;", with: "&#xA;").replacing("<Value/>", with: "<Value></Value>")
            #expect(body == "<LifecycleConfiguration\(Self.namespace)>\(written)</LifecycleConfiguration>")
            #expect(
                sent["content-md5"] != nil
                    && size.hasSuffix(sent["x-amz-transition-default-minimum-object-size"] ?? "?"))
        }
    }

    @Test func nothingSetIsNoError() async throws {
        try await Bench.use(answers: [Answer.error(404, "NoSuchLifecycleConfiguration")]) { bench async throws in
            #expect(try await bench.client.getBucketLifecycle("bucket") == S3Lifecycle())
        }
        try await Bench.use(answers: [Answer.error(404, "NoSuchCORSConfiguration")]) { bench async throws in
            #expect(try await bench.client.getBucketCORS("bucket") == [])
        }
        try await Bench.use(answers: [Answer.error(404, "NoSuchBucketPolicy")]) { bench async throws in
            #expect(try await bench.client.getBucketPolicy("bucket") == nil)
            #expect(try await !bench.client.isBucketPolicyPublic("bucket"))
        }
        try await Bench.use(answers: [Answer.error(404, "NoSuchPublicAccessBlockConfiguration")]) {
            bench async throws in
            #expect(try await bench.client.getPublicAccessBlock("bucket") == nil)
        }
        try await Bench.use(answers: [Answer.error(404, "NoSuchBucket")]) { bench async throws in
            #expect(
                try await s3Error { _ = try await bench.client.getBucketLifecycle("bucket") }?.code == .noSuchBucket)
        }
    }

    @Test func whatCannotBeWrittenBackIsNotRead() async throws {
        for body in [
            "<LifecycleConfiguration><Rule kind=\"x\"><ID>a</ID></Rule></LifecycleConfiguration>",
            "<LifecycleConfiguration><Rule>text<ID>a</ID></Rule></LifecycleConfiguration>",
            "<LifecycleConfiguration><Rule>", "<Other/>", "no XML", "",
        ] {
            try await Bench.use(answers: [Answer.response(200, body)]) { bench async throws in
                let error = try await s3Error { _ = try await bench.client.getBucketLifecycle("bucket") }
                #expect(error?.code == .malformedResponse, "\(body)")
            }
        }
    }

    /// OpenStack Swift lists the bucket for sub-resources that it does not know.
    @Test func aListingInPlaceOfAnAnswerMeansThatItIsNotOffered() async throws {
        let answers = [
            Answer.response(200, "<ListBucketResult\(Self.namespace)><Name>bucket</Name></ListBucketResult>")
        ]
        try await Bench.use(answers: answers) { bench async throws in
            let error = try await s3Error { _ = try await bench.client.getBucketLifecycle("bucket") }
            #expect(error?.code == .notImplemented)
        }
    }

    @Test(
        arguments: [
            ("<LocationConstraint/>", "us-east-1"), ("<LocationConstraint>EU</LocationConstraint>", "eu-west-1"),
            ("<LocationConstraint>ap-south-1</LocationConstraint>", "ap-south-1"),
        ])
    func aBucketsLocation(body: String, region: String) async throws {
        try await Bench.use(answers: [Answer.response(200, body)]) { bench async throws in
            #expect(try await bench.client.getBucketLocation("bucket") == region)
            #expect(bench.requests.lines == ["GET /bucket?location="])
        }
    }

    @Test func versioningPolicyAndPublicAccess() async throws {
        let answers = [
            Answer.response(200, "<VersioningConfiguration/>"),
            Answer.response(200, "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"),
            Answer.response(200), Answer.response(200, " {\"Version\":\"2012-10-17\"}"), Answer.response(200),
            Answer.response(200, "<PolicyStatus><IsPublic>TRUE</IsPublic></PolicyStatus>"),
            Answer.response(
                200,
                "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>"
            ),
            Answer.response(200),
        ]
        try await Bench.use(answers: answers) { bench async throws in
            #expect(try await bench.client.getBucketVersioning("bucket") == .never)
            #expect(try await bench.client.getBucketVersioning("bucket") == .suspended)
            try await bench.client.enableBucketVersioning("bucket")
            let policy = try await bench.client.getBucketPolicy("bucket")
            #expect(policy.map { String(decoding: $0, as: UTF8.self) } == " {\"Version\":\"2012-10-17\"}")
            try await bench.client.putBucketPolicy("bucket", "{}")
            #expect(try await bench.client.isBucketPolicyPublic("bucket"))
            let block = try await bench.client.getPublicAccessBlock("bucket")
            #expect(block?.blocksACLs == true && block?.isComplete == false)
            try await bench.client.putPublicAccessBlock("bucket", .complete)
            let bodies = bench.requests.all.map { String(decoding: $0.body, as: UTF8.self) }
            #expect(bodies[2].contains("<Status>Enabled</Status>") && bodies[4] == "{}")
            #expect(bodies[7].contains("<RestrictPublicBuckets>true</RestrictPublicBuckets>"))
            #expect(!bodies[7].contains("false"))
        }
    }

    @Test func whoIsLetInAndWhereTheLogGoes() async throws {
        let grant = { (grantee: String, permission: String) in
            "<Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\">\(grantee)</Grantee>"
                + "<Permission>\(permission)</Permission></Grant>"
        }
        let all = "<URI>http://acs.amazonaws.com/groups/global/AllUsers</URI>"
        let answers = [
            Answer.response(
                200,
                "<AccessControlPolicy><Owner><ID>o</ID></Owner><AccessControlList>"
                    + grant("<ID>o</ID>", "FULL_CONTROL")
                    + grant(all, "WRITE") + "</AccessControlList></AccessControlPolicy>"),
            Answer.response(200, "<BucketLoggingStatus/>"),
            Answer.response(
                200,
                "<BucketLoggingStatus><LoggingEnabled><TargetBucket>logs</TargetBucket><TargetPrefix/></LoggingEnabled>"
                    + "</BucketLoggingStatus>"),
        ]
        try await Bench.use(answers: answers) { bench async throws in
            #expect(
                try await bench.client.getBucketACL("bucket") == [
                    S3Grant(.other, "FULL_CONTROL"), S3Grant(.everyone, "WRITE"),
                ])
            #expect(try await bench.client.getBucketLogging("bucket") == nil)
            #expect(try await bench.client.getBucketLogging("bucket") == "logs")
        }
    }

    @Test func refusedChangesNameTheirPermission() async throws {
        try await Bench.use(answers: [Answer.error(403, "AccessDenied")]) { bench async throws in
            let error = try await s3Error { try await bench.client.putBucketCORS("bucket", []) }
            #expect(error?.code == .accessDenied && error?.message.contains("grant them s3:PutBucketCORS") == true)
        }
    }
}
