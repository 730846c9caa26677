import Core
import Testing

@Suite struct S3LocationTests {
    @Test(arguments: [
        ("s3://bucket/manifest.json", "bucket", "manifest.json"),
        ("s3://my.bucket-1/a/b/c", "my.bucket-1", "a/b/c"), ("s3://b//x", "b", "/x"),
        ("s3://B_1/ä ö%20+", "B_1", "ä ö%20+"),
    ])
    func bucketAndKeyAreTakenLetterByLetter(text: String, bucket: String, key: String) throws {
        #expect(try S3Location(text) == S3Location(bucket: bucket, key: ObjectKey(key)))
        #expect(try S3Location(text).description == text)
    }

    @Test(arguments: [
        "", "s3:/b/k", "S3://b/k", "http://b/k", "s3://", "s3://b", "s3://b/", "s3:///k", "s3://../k", "s3://./k",
        "s3://a b/k",
        "s3://a@b/k", "s3://a:80/k", "s3://a%2fb/k", "s3://é/k", "s3://b/a\u{0}",
        "s3://b/" + String(repeating: "k", count: 1_025),
        "s3://" + String(repeating: "b", count: 256) + "/k",
    ])
    func whatIsNoLocationIsRefused(text: String) {
        let error = #expect(throws: InventoryError.self) { try S3Location(text) }
        #expect(error?.code == .locationInvalid && error?.message.contains("s3://bucket/path/manifest.json") == true)
    }

    @Test func messageShowsNoControlCharacters() {
        #expect(S3Location(bucket: "b", key: "a\u{1B}[31m").description == "s3://b/\"a\\u{1B}[31m\"")
    }
}
