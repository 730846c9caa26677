import Core
import Testing

/// Where the files of rows may be.
struct FileSearchTests {
    private static let md5 = "b955dfd266dabf072f82ebcd73e0efc1"

    @Test func theRowsOwnPathComesFirst() {
        let search = FileSearch(
            ArchiveRow(id: "1", key: nil, path: "a/b.png", md5: Self.md5, mediaType: "image/jpeg", kind: "image"),
            root: "cache/media/")
        #expect(search.paths == ["a/b.png", "cache/media/images/\(Self.md5).jpg"])
        #expect(search.directories == ["cache/media/images"])
        #expect(search.stem == Self.md5)
    }

    @Test(arguments: [
        ("image", "image/png", "images/*.png"), ("video", "video/mp4", "videos/*.mp4"),
        ("document", "application/pdf", "documents/*.pdf"),
        (nil, "video/webm", "videos/*.webm"), ("video", "video/quicktime", "videos/*.mov"),
        ("image", "image/tiff", "images/*.tif"),
    ])
    func kindAndTypeSayWhere(kind: String?, type: String, path: String) {
        let search = FileSearch(
            ArchiveRow(id: "1", key: nil, md5: Self.md5.uppercased(), mediaType: type, kind: kind), root: "r")
        #expect(search.paths == ["r/" + path.replacing("*", with: Self.md5)])
    }

    @Test func whatSaysNothingLeadsEverywhereOrNowhere() {
        let anywhere = FileSearch(ArchiveRow(id: "1", key: nil, md5: Self.md5), root: "r")
        #expect(anywhere.paths.isEmpty && anywhere.directories == ["r/images", "r/videos", "r/documents"])
        for md5 in [nil, "", "../../etc/passwd", "abc", Self.md5 + "0", "../" + Self.md5.dropLast(3)] {
            let search = FileSearch(
                ArchiveRow(id: "1", key: nil, path: "", md5: md5, mediaType: "image/png"), root: "r")
            #expect(search.paths.isEmpty && search.directories.isEmpty && search.stem == nil, "\(md5 ?? "nil")")
        }
        #expect(FileSearch(ArchiveRow(id: "1", key: nil, md5: Self.md5), root: nil).directories.isEmpty)
    }
}
