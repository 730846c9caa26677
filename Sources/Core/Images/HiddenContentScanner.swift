/// Looks in the bytes of an image, piece by piece, for what browsers, servers and archivers would take it for as well.
///
/// It finds beginnings of RAR and 7z archives, tags that make a page of a file (in ASCII, in any case), and PHP. Whoever
/// streams an object feeds every byte, in order.
public struct HiddenContentScanner: Sendable {
    /// What was found first; nil for nothing.
    public private(set) var finding: ContentError?

    private var carried: [UInt8] = []

    /// A scanner at the beginning of an object.
    public init() {}

    /// Looks at the next bytes.
    public mutating func scan(_ bytes: [UInt8]) {
        guard finding == nil else { return }
        // Marks can lie across two pieces.
        let seam = carried + bytes.prefix(Self.longest)
        search(seam)
        search(bytes)
        carried = bytes.count >= Self.longest ? Array(bytes.suffix(Self.longest)) : Array(seam.suffix(Self.longest))
    }

    private mutating func search(_ bytes: [UInt8]) {
        guard finding == nil else { return }
        finding = bytes.withUnsafeBufferPointer { bytes in
            let raw = UnsafeRawBufferPointer(bytes)
            var index = 0
            while index < bytes.count {
                let end = min(index + 8, bytes.count)
                if end == index + 8, !Self.hasFirstByte(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)) {
                    index = end
                    continue
                }
                while index < end {
                    if Self.mayBegin(bytes[index], index + 1 < bytes.count ? bytes[index + 1] : 0),
                        let finding = Self.finding(in: UnsafeBufferPointer(rebasing: bytes[index...]))
                    {
                        return finding
                    }
                    index += 1
                }
            }
            return nil
        }
    }

    /// Whether one of eight bytes may be the first of a mark: never false where one is.
    private static func hasFirstByte(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tag = word ^ (ones &* UInt64(UInt8(ascii: "<")))
        let rar = word ^ (ones &* UInt64(UInt8(ascii: "R")))
        let seven = word ^ (ones &* UInt64(UInt8(ascii: "7")))
        // A byte that is zero borrows from its highest bit; so may its neighbour, which is looked at in vain.
        let borrowed = ((tag &- ones) & ~tag) | ((rar &- ones) & ~rar) | ((seven &- ones) & ~seven)
        return borrowed & (ones << 7) != 0
    }

    /// Whether a mark may begin with these two bytes.
    private static func mayBegin(_ first: UInt8, _ second: UInt8) -> Bool {
        switch first {
        case UInt8(ascii: "R"): return second | 0x20 == UInt8(ascii: "a")
        case UInt8(ascii: "7"): return second == 0x7A
        case UInt8(ascii: "<"): break
        default: return false
        }
        switch second | 0x20 {
        case UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "b"), UInt8(ascii: "e"), UInt8(ascii: "h"),
            UInt8(ascii: "i"), UInt8(ascii: "s"):
            return true
        default: return false
        }
    }

    private static func finding(in bytes: UnsafeBufferPointer<UInt8>) -> ContentError? {
        switch bytes[0] {
        case UInt8(ascii: "R"): return begins(bytes, "Rar!\u{1A}\u{7}") ? archive : nil
        case UInt8(ascii: "7"): return bytes.starts(with: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) ? archive : nil
        default: break
        }
        for tag in tags where begins(bytes, tag) { return page }
        for tag in delimitedTags where begins(bytes, tag) && bytes.count > tag.utf8CodeUnitCount {
            if " \t\n\r/>".utf8.contains(bytes[tag.utf8CodeUnitCount]) { return page }
        }
        return nil
    }

    private static func begins(_ bytes: UnsafeBufferPointer<UInt8>, _ lowercase: StaticString) -> Bool {
        guard bytes.count >= lowercase.utf8CodeUnitCount else { return false }
        for (index, expected) in lowercase.bytes.enumerated() {
            let byte = bytes[index]
            let isEqual = (0x61...0x7A).contains(expected) ? byte | 0x20 == expected : byte == expected
            guard isEqual else { return false }
        }
        return true
    }

    /// More than any mark has.
    private static let longest = 16
    private static let tags: [StaticString] = ["<!doctype html", "<svg/on", "<svg on"]
    private static let delimitedTags: [StaticString] = ["<script", "<html", "<body", "<iframe", "<embed", "<?php"]

    static let archive = ContentError(
        .hidden, "The image holds an archive as well: save it anew with an image program, which leaves that out.")
    static let document = ContentError(
        .hidden, "The image is a PDF document as well: save it anew with an image program, which leaves that out.")
    static let page = ContentError(
        .hidden,
        "The image holds tags of a web page or a script as well: save it anew without its comments and metadata.")
}
