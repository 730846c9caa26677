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
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte == UInt8(ascii: "<") || byte == UInt8(ascii: "R") || byte == UInt8(ascii: "7"),
                    let finding = Self.finding(in: UnsafeBufferPointer(rebasing: bytes[index...]))
                {
                    return finding
                }
                index += 1
            }
            return nil
        }
    }

    private static func finding(in bytes: UnsafeBufferPointer<UInt8>) -> ContentError? {
        switch bytes[0] {
        case UInt8(ascii: "R"): return begins(bytes, "Rar!\u{1A}\u{7}") ? archive : nil
        case UInt8(ascii: "7"): return bytes.starts(with: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) ? archive : nil
        default: break
        }
        guard bytes.count > 1, "!?bBeEhHiIsS".utf8.contains(bytes[1]) else { return nil }
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
