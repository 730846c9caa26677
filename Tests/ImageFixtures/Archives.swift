/// Files that begin or end like archives.
public enum Archives {
    /// A ZIP archive with one empty file in it. `offset` is how many bytes stand before it in its file.
    public static func zip(offset: Int = 0, comment: String = "") -> [UInt8] {
        let name = "a.txt"
        let local = Bytes().text("PK").bytes([3, 4]).zeroes(22).little(name.utf8.count, 2).zeroes(2).text(name).all
        let entry = Bytes().text("PK").bytes([1, 2]).zeroes(24).little(name.utf8.count, 2).zeroes(12).little(offset, 4)
            .text(name).all
        return Bytes(local + entry).text("PK").bytes([5, 6]).zeroes(4).little(1, 2).little(1, 2).little(entry.count, 4)
            .little(offset + local.count, 4).little(comment.utf8.count, 2).text(comment).all
    }

    /// The beginning of a RAR archive.
    public static let rar: [UInt8] = Array("Rar!".utf8) + [0x1A, 7, 1, 0, 1, 2, 3, 4]

    /// The beginning of a 7z archive.
    public static let sevenZip: [UInt8] = [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4]
}
