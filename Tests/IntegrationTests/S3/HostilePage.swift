import TestSupport
import Core

/// Pages of a listing that no true server sends, made of what one would have sent.
enum HostilePage: CaseIterable, Sendable {
    case cutEarly, cutLate, cutAnywhere1, cutAnywhere2, cutAnywhere3, nothing, spaces
    case document, entityBomb, externalEntity, plainText, html, json, wrongRoot, errorOfAnotherRoot
    case duplicateKey, unorderedKeys, keyOutsidePrefix, keyOfEarlierPage, emptyKey, longKey, keyWithNUL
    case negativeSize, hugeSize, sizeInWords, noSize, noTime, timeInWords
    case truncatedWithoutToken, loopingToken, emptyWithToken, unsaidWhetherTruncated, otherBucket
    case hugeDepth, notUTF8, encodedNotUTF8, badEncoding, unknownEncoding, twoDocuments

    /// What a page is made of.
    struct Original {
        var bucket: String
        /// In order, with their prefix.
        var objects: [ObjectSummary]
        /// The token of an earlier page, as the server gave it, where there is one.
        var token: String
        var isFirst: Bool
    }

    /// The bytes of the response.
    func bytes(_ original: Original) -> [UInt8] {
        let entries = original.objects.map { Self.entry($0.key.string, etag: $0.etag, size: "\($0.size)") }
        let whole = Self.page(original.bucket, entries)
        func cut(_ part: Double) -> [UInt8] { Array(whole.utf8.prefix(Int(Double(whole.utf8.count) * part))) }
        func replacingFirst(_ entry: String) -> [UInt8] {
            Array(Self.page(original.bucket, [entry] + entries.dropFirst()).utf8)
        }
        func adding(_ entry: String) -> [UInt8] { Array(Self.page(original.bucket, entries + [entry]).utf8) }
        func replacing(_ old: String, _ new: String) -> [UInt8] { Array(whole.replacing(old, with: new).utf8) }
        func with(prolog: String) -> [UInt8] { replacing("<ListBucketResult", prolog + "<ListBucketResult") }
        func random(_ seed: Int) -> Double {
            var random = SeededGenerator(seed: seed)
            return Double.random(in: 0.01..<0.99, using: &random)
        }
        let first = original.objects.first?.key.string ?? ""
        switch self {
        case .cutEarly: return cut(0.02)
        case .cutLate: return Array(whole.utf8.dropLast())
        case .cutAnywhere1: return cut(random(1))
        case .cutAnywhere2: return cut(random(2))
        case .cutAnywhere3: return cut(random(3))
        case .nothing: return []
        case .spaces: return Array(" \n ".utf8)
        case .document: return with(prolog: "<!DOCTYPE ListBucketResult>")
        case .entityBomb:
            let levels = (1...9).map { "<!ENTITY l\($0) \"" + String(repeating: "&l\($0 - 1);", count: 10) + "\">" }
            let prolog = "<!DOCTYPE a [<!ENTITY l0 \"lol\">\(levels.joined())]>"
            return Array((prolog + whole.replacing("</Name>", with: "&l9;</Name>")).utf8)
        case .externalEntity:
            return Array(
                ("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
                    + whole.replacing("</Name>", with: "&x;</Name>")).utf8)
        case .plainText: return Array("upstream connect error".utf8)
        case .html: return Array("<!DOCTYPE html><html><body>Please log in</body></html>".utf8)
        case .json: return Array("{\"IsTruncated\": false, \"Contents\": []}".utf8)
        case .wrongRoot: return replacing("ListBucketResult", "ListVersionsResult")
        case .errorOfAnotherRoot: return Array("<Fault><Code>Busy</Code></Fault>".utf8)
        case .duplicateKey: return adding(entries.last ?? "")
        case .unorderedKeys: return Array(Self.page(original.bucket, entries.reversed()).utf8)
        case .keyOutsidePrefix: return adding(Self.entry("zzz"))
        case .keyOfEarlierPage: return replacingFirst(Self.entry(original.isFirst ? "o/1" : "p/"))
        case .emptyKey: return replacingFirst(Self.entry(""))
        case .longKey: return adding(Self.entry("p/" + String(repeating: "z", count: 1_023)))
        case .keyWithNUL: return adding(Self.entry("p/z%00"))
        case .negativeSize: return replacingFirst(Self.entry(first, size: "-1"))
        case .hugeSize: return replacingFirst(Self.entry(first, size: "9223372036854775808"))
        case .sizeInWords: return replacingFirst(Self.entry(first, size: "many"))
        case .noSize: return replacingFirst(Self.entry(first).replacing("<Size>1</Size>", with: ""))
        case .noTime:
            return replacingFirst(Self.entry(first).replacing("<LastModified>\(Self.time)</LastModified>", with: ""))
        case .timeInWords: return replacingFirst(Self.entry(first).replacing(Self.time, with: "yesterday"))
        case .truncatedWithoutToken: return replacing(">false<", ">true<")
        case .loopingToken:
            return replacing(
                "<IsTruncated>false</IsTruncated>",
                "<IsTruncated>true</IsTruncated><NextContinuationToken>\(original.token)</NextContinuationToken>")
        case .emptyWithToken: return Array(Self.page(original.bucket, [], token: "t").utf8)
        case .unsaidWhetherTruncated: return replacing("<IsTruncated>false</IsTruncated>", "")
        case .otherBucket: return replacing("<Name>\(original.bucket)<", "<Name>another<")
        case .hugeDepth:
            return Array(
                whole.replacing("<IsTruncated>", with: String(repeating: "<a>", count: 100_000) + "<IsTruncated>").utf8)
        case .notUTF8: return adding(Self.entry("p/z~")).map { $0 == UInt8(ascii: "~") ? 0xFF : $0 }
        case .encodedNotUTF8: return adding(Self.entry("p/z%FF"))
        case .badEncoding: return adding(Self.entry("p/z%zz"))
        case .unknownEncoding: return replacing(">url<", ">base64<")
        case .twoDocuments: return Array((whole + whole).utf8)
        }
    }

    private static let time = "2024-01-01T00:00:00.000Z"

    private static func entry(_ key: String, etag: String = "e", size: String = "1") -> String {
        "<Contents><Key>\(key)</Key><LastModified>\(time)</LastModified><ETag>&quot;\(etag)&quot;</ETag>"
            + "<Size>\(size)</Size><StorageClass>STANDARD</StorageClass></Contents>"
    }

    /// A page that ends the listing, or that goes on with a token.
    private static func page(_ bucket: String, _ entries: [String], token: String? = nil) -> String {
        let next = token.map { "<NextContinuationToken>\($0)</NextContinuationToken>" } ?? ""
        return "<ListBucketResult><Name>\(bucket)</Name><EncodingType>url</EncodingType>"
            + "<IsTruncated>\(token != nil)</IsTruncated>\(next)\(entries.joined())</ListBucketResult>"
    }
}
