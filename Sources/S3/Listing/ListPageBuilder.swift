/// Makes a page of the fields that a parser meets, and checks what they say.
///
/// Source: "ListObjectsV2", Amazon S3 API Reference.
struct ListPageBuilder {
    private var arena: [UInt8] = []
    private var entries: [S3ListPage.Entry] = []
    private var entry = S3ListPage.Entry()
    // Which fields the page, and the object under way, have had: bit n for the field with the raw value n.
    private var seen: UInt16 = 0

    private var bucket: String?
    private var isTruncated = false
    private var nextContinuationToken: String?
    private var isEncoded = false
    private let repair: XMLRepair?

    /// `documentLength` is the size of the whole document, in bytes; `repair` resolves its texts, if it was
    /// repaired.
    init(documentLength: Int, repair: XMLRepair? = nil) {
        self.repair = repair
        // About a third of a page are texts that are kept, and an object takes some 300 bytes.
        arena.reserveCapacity(documentLength / 3)
        entries.reserveCapacity(min(1_000, documentLength / 256))
    }

    /// An object begins.
    mutating func beginObject() {
        entry = S3ListPage.Entry()
        seen &= Self.pageFields
    }

    /// The object is complete.
    mutating func endObject() throws(XMLFailure) {
        guard has(.key), has(.size), has(.lastModified) else { throw XMLFailure("an object lacks key, size or time") }
        entries.append(entry)
        seen &= Self.pageFields
    }

    /// A field has this text, references resolved.
    mutating func set(_ field: ListField, _ text: UnsafeBufferPointer<UInt8>) throws(XMLFailure) {
        guard !has(field) else { throw XMLFailure("an element is there twice") }
        seen |= 1 << UInt16(field.rawValue)
        guard let repair else { return try take(field, text) }
        let restored = repair.restore(text)
        try restored.withUnsafeBufferPointer { text throws(XMLFailure) in try take(field, text) }
    }

    private mutating func take(_ field: ListField, _ text: UnsafeBufferPointer<UInt8>) throws(XMLFailure) {
        switch field {
        case .key: entry.key = keep(text)
        case .etag:
            guard text.count <= 1_026 else { throw XMLFailure("an etag is too long") }
            entry.etag = keep(Self.unquoted(text))
        case .storageClass: entry.storageClass = text.isEmpty ? .none : keep(text)
        case .size: entry.size = try Self.size(text)
        case .lastModified:
            guard let time = CivilTime.microseconds(iso8601: text) else { throw XMLFailure("a time is not valid") }
            entry.lastModified = time
        case .bucket: bucket = String(decoding: text, as: UTF8.self)
        case .nextContinuationToken: nextContinuationToken = text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
        case .isTruncated: isTruncated = try Self.flag(text)
        case .encodingType:
            guard text.isEmpty || text.isEqual("url") else { throw XMLFailure("the encoding type is not known") }
            isEncoded = !text.isEmpty
        }
    }

    /// The page, when everything was met.
    mutating func finish() throws(XMLFailure) -> S3ListPage {
        guard has(.isTruncated) else { throw XMLFailure("it does not say whether more follows") }
        guard !isTruncated || nextContinuationToken != nil else { throw XMLFailure("it is truncated without a token") }
        guard !isTruncated || !entries.isEmpty else { throw XMLFailure("it is truncated but empty") }
        try finishKeys()
        return S3ListPage(
            bucket: bucket, isTruncated: isTruncated,
            nextContinuationToken: isTruncated ? nextContinuationToken : nil, arena: arena, entries: entries)
    }

    private static let pageFields: UInt16 = 1 << UInt16(ListField.key.rawValue) - 1

    private func has(_ field: ListField) -> Bool { seen >> UInt16(field.rawValue) & 1 == 1 }

    private mutating func keep(_ text: UnsafeBufferPointer<UInt8>) -> S3ListPage.Span {
        let span = S3ListPage.Span(start: Int32(arena.count), count: Int32(text.count))
        arena.append(contentsOf: text)
        return span
    }

    // Whether keys are encoded is known at the end only: servers differ in where they say it. A decoded key is never
    // longer, so that it takes the place of the encoded one.
    private mutating func finishKeys() throws(XMLFailure) {
        let isEncoded = isEncoded
        var failure: XMLFailure?
        arena.withUnsafeMutableBufferPointer { arena in
            for index in entries.indices {
                let range = entries[index].key.range
                let key = UnsafeMutableBufferPointer(rebasing: arena[range])
                var count = key.count
                if isEncoded {
                    guard let decoded = PlusDecoding.decode(key) else {
                        failure = XMLFailure("a key is not percent-encoded")
                        return
                    }
                    count = decoded
                    entries[index].key.count = Int32(decoded)
                }
                guard count > 0 else {
                    failure = XMLFailure("a key is empty")
                    return
                }
                guard UTF8Bytes.areValid(UnsafeBufferPointer(rebasing: key[..<count])) else {
                    failure = XMLFailure("a key is not UTF-8")
                    return
                }
            }
        }
        if let failure { throw failure }
    }

    private static func unquoted(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        let quote = UInt8(ascii: "\"")
        guard text.count >= 2, text.first == quote, text.last == quote else { return text }
        return UnsafeBufferPointer(rebasing: text[1..<text.count - 1])
    }

    private static func size(_ text: UnsafeBufferPointer<UInt8>) throws(XMLFailure) -> Int64 {
        guard (1...19).contains(text.count) else { throw XMLFailure("a size is not a number") }
        var size: Int64 = 0
        for byte in text {
            guard (0x30...0x39).contains(byte) else { throw XMLFailure("a size is not a number") }
            let (product, multiplied) = size.multipliedReportingOverflow(by: 10)
            let (sum, added) = product.addingReportingOverflow(Int64(byte - 0x30))
            guard !multiplied, !added else { throw XMLFailure("a size is too large") }
            size = sum
        }
        return size
    }

    private static func flag(_ text: UnsafeBufferPointer<UInt8>) throws(XMLFailure) -> Bool {
        if text.isEqual("true") { return true }
        if text.isEqual("false") { return false }
        throw XMLFailure("it does not say whether more follows")
    }
}
