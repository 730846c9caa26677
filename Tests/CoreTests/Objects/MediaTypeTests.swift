import Core
import Testing

@Suite struct MediaTypeTests {
    @Test(arguments: [
        ("a.jpg", "image/jpeg"), ("a.JPEG", "image/jpeg"), ("x/y.z/b.png", "image/png"),
        ("a.tar.gz", "application/gzip"),
        ("\u{E9}.webp", "image/webp"), ("a/.b.svg", "image/svg+xml"), ("a.json", "application/json"),
    ])
    func extensionTellsTheType(key: String, type: String) {
        #expect(MediaType.inferred(from: ObjectKey(key)) == type)
    }

    @Test(arguments: ["", "a", "a.", ".png", "a.png/b", "a.png/", "a.unknown", "png", "a.p\u{301}ng", "/"])
    func nothingIsGuessed(key: String) {
        #expect(MediaType.inferred(from: ObjectKey(key)) == nil)
    }
}
