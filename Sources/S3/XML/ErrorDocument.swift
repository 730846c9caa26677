/// What an error's body says: `<Error><Code>…</Code>…</Error>`, alone or within another element.
struct ErrorDocument: Equatable {
    /// The largest body that is looked at.
    static let maximumBytes = 64 << 10

    var code: String?
    var requestID: String?
    var hostID: String?
    var region: String?
    var bucket: String?
    var serverTime: String?

    /// Nil for everything that is no error document: nothing at all, a page of a proxy, something else of S3.
    init?(_ body: [UInt8]) {
        guard !body.isEmpty, body.count <= Self.maximumBytes else { return nil }
        // The key that the error is about may have characters that XML cannot carry.
        let isRead = body.withUnsafeBufferPointer { bytes in
            if tryRead(bytes) { return true }
            self = ErrorDocument()
            return XMLRepair(bytes)?.document.withUnsafeBufferPointer { tryRead($0) } ?? false
        }
        guard isRead, code != nil else { return nil }
    }

    private init() {}

    private mutating func tryRead(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        do {
            try read(bytes)
            return true
        } catch {
            return false
        }
    }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(XMLFailure) {
        var reader = try XMLPullReader(bytes)
        guard try reader.next() == .start else { throw XMLFailure("it has no element") }
        if reader.name.elementsEqual("ErrorResponse".utf8) {
            // The form of AWS's other services, and of some gateways: the error is an element in it.
            repeat {
                guard let node = try reader.next(), node != .end else { throw XMLFailure("it has no error") }
                if node == .start, reader.name.elementsEqual("Error".utf8) { break }
                if node == .start { try reader.skipElement() }
            } while true
        } else if !reader.name.elementsEqual("Error".utf8) {
            throw XMLFailure("it is no error")
        }
        try readFields(&reader)
        while try reader.next() != nil {}
    }

    private mutating func readFields(_ reader: inout XMLPullReader) throws(XMLFailure) {
        while let node = try reader.next(), node != .end {
            guard node == .start else { continue }
            guard let field = Self.field(reader.name) else {
                try reader.skipElement()
                continue
            }
            var text: [UInt8] = []
            try reader.readText(into: &text)
            guard self[keyPath: field] == nil else { throw XMLFailure("an element is there twice") }
            self[keyPath: field] = String(decoding: text, as: UTF8.self)
        }
    }

    private static func field(_ name: UnsafeBufferPointer<UInt8>) -> WritableKeyPath<ErrorDocument, String?>? {
        switch String(decoding: name, as: UTF8.self) {
        case "Code": \.code
        case "RequestId", "RequestID": \.requestID
        case "HostId": \.hostID
        case "Region": \.region
        case "BucketName": \.bucket
        case "ServerTime": \.serverTime
        default: nil
        }
    }
}
