/// What DeleteObjects answers: a `Deleted` or an `Error` for each key.
struct DeleteResult {
    /// The keys that are gone, as bytes: Swift's strings are equal where Unicode says so.
    private var deleted: Set<[UInt8]> = []
    /// The server's codes for the keys that are not.
    private var codes: [[UInt8]: String] = [:]

    /// Throws `XMLFailure` where it is something else, or not a whole one.
    init(_ body: [UInt8]) throws {
        try body.withUnsafeBufferPointer { bytes in
            var reader = try XMLPullReader(bytes)
            guard try reader.next() == .start, reader.name.isEqual("DeleteResult") else {
                throw XMLFailure("its root is not DeleteResult")
            }
            while let node = try reader.next(), node != .end {
                guard node == .start else { continue }
                if reader.name.isEqual("Deleted") {
                    deleted.insert(try Self.fields(&reader).key)
                } else if reader.name.isEqual("Error") {
                    let fields = try Self.fields(&reader)
                    codes[fields.key] = String(decoding: fields.code, as: UTF8.self)
                } else {
                    try reader.skipElement()
                }
            }
            while try reader.next() != nil {}
        }
    }

    private static func fields(_ reader: inout XMLPullReader) throws -> (key: [UInt8], code: [UInt8]) {
        var key: [UInt8]?
        var code: [UInt8] = []
        while let node = try reader.next(), node != .end {
            guard node == .start else { continue }
            if reader.name.isEqual("Key") {
                guard key == nil else { throw XMLFailure("an element is there twice") }
                var text: [UInt8] = []
                try reader.readText(into: &text)
                key = text
            } else if reader.name.isEqual("Code") {
                try reader.readText(into: &code)
            } else {
                try reader.skipElement()
            }
        }
        guard let key else { throw XMLFailure("a result lacks its key") }
        return (key, code)
    }

    /// What of `keys` is not gone; a key of which nothing is said is not.
    func failures(of keys: [String], _ wording: ErrorWording) -> [S3DeleteFailure] {
        keys.compactMap { key in
            let bytes = Array(key.utf8)
            let about = ErrorWording(
                operation: wording.operation, bucket: wording.bucket, key: key, endpoint: wording.endpoint)
            if let text = codes[bytes] {
                let serviceCode = QuotedText.word(text, limit: 64)
                let code = serviceCode.flatMap { S3Error.Code(serviceCode: $0) } ?? .other
                guard code != .noSuchKey else { return nil }
                var error = S3Error(
                    code, about.response(code, status: nil, serviceCode: serviceCode, regionHint: nil), about)
                error.serviceCode = serviceCode
                return S3DeleteFailure(key: key, error: error)
            }
            guard !deleted.contains(bytes) else { return nil }
            return S3DeleteFailure(
                key: key, error: S3Error(.malformedResponse, about.malformed("the key is not in it"), about))
        }
    }
}
