import Testing

@testable import S3

@Suite("The environment's names")
struct S3EnvironmentTests {
    struct Names: CustomTestStringConvertible {
        let names: [String]
        let value: @Sendable (S3Environment) -> String?
        var testDescription: String { names[0] }
    }

    static let settings = [
        Names(names: ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_S3_REGION", "S3_REGION"], value: { $0.region }),
        Names(names: ["S3_BUCKET", "AWS_S3_BUCKET", "AWS_S3_BUCKET_NAME"], value: { $0.bucket }),
        Names(
            names: ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_S3_ENDPOINT_URL", "S3_SERVER_URL"],
            value: { $0.endpoint }),
        Names(
            names: ["S3_CDN_URL", "NEXT_PUBLIC_S3_CDN_URL", "AWS_CLOUDFRONT_DOMAIN"],
            value: { $0.cdnURL?.replacing("https://", with: "") }),
        Names(names: ["AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "S3_ACCESS_KEY_ID"], value: { $0[.accessKeyID] }),
        Names(names: ["AWS_SECRET_ACCESS_KEY", "S3_SECRET_ACCESS_KEY"], value: { $0[.secretAccessKey] }),
        Names(names: ["AWS_SESSION_TOKEN", "S3_SESSION_TOKEN"], value: { $0[.sessionToken] }),
        Names(names: ["AWS_PROFILE"], value: { $0.profile }),
        Names(names: ["AWS_CA_BUNDLE"], value: { $0.authorityBundlePath }),
        Names(names: ["S3CACHE_PRESIGN_PROFILE"], value: { $0.presignProfile }),
        Names(names: ["S3CACHE_UPLOAD_PROFILE"], value: { $0.uploadProfile }),
    ]

    @Test("the first name that is set wins, and an empty value counts as unset", arguments: settings)
    func order(setting: Names) throws {
        var variables = Dictionary(uniqueKeysWithValues: setting.names.map { ($0, "of-\($0)") })
        for name in setting.names {
            #expect(setting.value(try S3Environment(variables)) == "of-\(name)")
            variables[name] = setting.names.firstIndex(of: name) == 0 ? "" : " \t"
        }
        #expect(setting.value(try S3Environment(variables)) == nil)
        #expect(setting.value(try S3Environment([:])) == nil)
    }

    @Test(
        "uploads ask for the encryption that is named",
        arguments: [
            ("AES256", S3Encryption.aes256), ("aws:kms", .kms(key: nil)),
            ("aws:kms:arn:aws:kms:eu-west-1:1:key/a", .kms(key: "arn:aws:kms:eu-west-1:1:key/a")),
        ])
    func encryption(value: String, meant: S3Encryption) throws {
        #expect(try S3Environment(["S3CACHE_ENCRYPTION": " \(value) "]).encryption(in: "b") == meant)
    }

    @Test("in each bucket for its own")
    func encryptionByBucket() throws {
        let environment = try S3Environment(["S3CACHE_ENCRYPTION": "photos=aws:kms:key/a=1, AES256,scratch=none"])
        #expect(environment.encryption(in: "photos") == .kms(key: "key/a=1"))
        #expect(environment.encryption(in: "scratch") == nil)
        #expect(environment.encryption(in: "others") == .aes256)
        #expect(try S3Environment(["S3CACHE_ENCRYPTION": "b=AES256"]).encryption(in: "a") == nil)
        #expect(try S3Environment(["S3CACHE_ENCRYPTION": "none"]).encryption(in: "a") == nil)
    }

    @Test(
        "and for none that nobody knows",
        arguments: [
            "aes256", "aws:kms:", "aws:kms:a b", "aws:kmsx", "=AES256", "b=", "b=x", "AES256 aws:kms",
            "b=AES256 b=none",
        ])
    func noEncryption(value: String) {
        #expect(throws: S3EnvironmentError.self) { try S3Environment(["S3CACHE_ENCRYPTION": value]) }
    }

    @Test("what nobody sets has its documented default")
    func defaults() throws {
        let environment = try S3Environment([:])
        #expect(environment.regionOrDefault == "us-east-1")
        #expect(environment.directory == "./s3cache-data")
        #expect(environment.presignedURLExpiration == nil && environment.presignedURLReuse == nil)
        #expect(!environment.isDryRun && !environment.isConfigured)
        #expect(environment.encryption(in: "b") == nil)
        #expect(environment.allowedEndpoints.isEmpty && environment.allowedProfiles.isEmpty)
        #expect(try S3Environment(["S3_REGION": "eu-west-3"]).regionOrDefault == "eu-west-3")
        #expect(try S3Environment(["S3CACHE_DIRECTORY": "/data"]).directory == "/data")
    }

    @Test(
        "a bare CDN host gets a scheme, a URL stays as it is",
        arguments: [
            ("d111.cloudfront.net", "https://d111.cloudfront.net"), ("http://cdn.test/x/", "http://cdn.test/x/"),
        ])
    func cdn(value: String, url: String) throws {
        #expect(try S3Environment(["AWS_CLOUDFRONT_DOMAIN": value]).cdnURL == url)
    }

    @Test("numbers of seconds within their range are taken", arguments: ["1", " 3600 ", "86400"])
    func seconds(text: String) throws {
        let number = try #require(Int(text.trimmingASCIISpace()))
        let environment = try S3Environment([
            "S3_PRESIGNED_URL_EXPIRATION": text, "S3_PRESIGNED_URL_CACHE_TIMEOUT": text,
        ])
        #expect(environment.presignedURLExpiration == number && environment.presignedURLReuse == number)
    }

    @Test(
        "values that cannot be meant are refused by an error that names the variable and not the value",
        arguments: [
            ("S3_PRESIGNED_URL_EXPIRATION", "0"), ("S3_PRESIGNED_URL_EXPIRATION", "604801"),
            ("S3_PRESIGNED_URL_EXPIRATION", "1h-leak"), ("S3_PRESIGNED_URL_EXPIRATION", "-5-leak"),
            ("S3_PRESIGNED_URL_EXPIRATION", "99999999999999999999"), ("S3_PRESIGNED_URL_CACHE_TIMEOUT", "86401"),
            ("S3_PRESIGNED_URL_CACHE_TIMEOUT", "+60"), ("S3_PRESIGNED_URL_CACHE_TIMEOUT", "٣"),
            ("DRY_RUN", "maybe-leak"),
        ])
    func refused(variable: String, value: String) throws {
        #expect {
            try S3Environment([variable: value])
        } throws: { error in
            (error as? S3EnvironmentError)?.variable == variable && "\(error)".contains(variable)
                && !"\(error)".contains("leak")
        }
    }

    @Test(
        "DRY_RUN is read as people write it",
        arguments: [
            ("true", true), ("TRUE", true), ("1", true), ("yes", true), ("false", false), ("0", false), ("No", false),
            ("", false),
        ])
    func dryRun(text: String, isDryRun: Bool) throws {
        #expect(try S3Environment(["DRY_RUN": text]).isDryRun == isDryRun)
    }

    @Test("lists are separated by commas, white space or both")
    func lists() throws {
        let environment = try S3Environment([
            "S3CACHE_ALLOWED_ENDPOINTS": " https://a.test,https://b.test:9000 ,,\nhttps://c.test\t",
            "S3CACHE_ALLOWED_PROFILES": "one two",
        ])
        #expect(environment.allowedEndpoints == ["https://a.test", "https://b.test:9000", "https://c.test"])
        #expect(environment.allowedProfiles == ["one", "two"])
    }

    @Test(
        "each of these means an S3 server",
        arguments: [
            "AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "S3_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_ENDPOINT_URL",
            "S3_SERVER_URL",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
        ])
    func configured(variable: String) throws {
        #expect(try S3Environment([variable: "x"]).isConfigured)
        #expect(try !S3Environment([variable: ""]).isConfigured)
    }

    @Test("a region or a bucket alone leave the embedded store in place")
    func notConfigured() throws {
        #expect(try !S3Environment(["AWS_REGION": "eu-west-1", "S3_BUCKET": "b"]).isConfigured)
    }
}
