/// Reads any list page that is XML, on libxml2: slower than `ListPageScanner`, and right about everything.
enum ListPageReader {
    /// Throws where it is no list page, or not a whole one. `repair` is what has made it, if it is
    /// the document of one.
    static func read(_ bytes: UnsafeBufferPointer<UInt8>, repair: XMLRepair? = nil) throws(XMLFailure) -> S3ListPage {
        var reader = try XMLPullReader(bytes)
        guard try reader.next() == .start, reader.name.isEqual("ListBucketResult") else {
            throw XMLFailure("its root is not ListBucketResult")
        }
        var builder = ListPageBuilder(documentLength: bytes.count, repair: repair)
        var text: [UInt8] = []
        try readChildren(&reader, ListField.ofPage, &builder, &text) { reader, builder, text throws(XMLFailure) in
            guard reader.name.isEqual("Contents") else { return try reader.skipElement() }
            builder.beginObject()
            try readChildren(&reader, ListField.ofObject, &builder, &text) { reader, _, _ throws(XMLFailure) in
                try reader.skipElement()
            }
            try builder.endObject()
        }
        while let node = try reader.next() {
            // libxml2 gives nothing behind the root but what may be there.
            if node == .text { try reader.requireWhiteSpace() }
        }
        return try builder.finish()
    }

    private typealias Other =
        (inout XMLPullReader, inout ListPageBuilder, inout [UInt8]) throws(XMLFailure) -> Void

    /// Passes the children of the element whose start was met last: fields go to the builder, the rest to `other`.
    private static func readChildren(
        _ reader: inout XMLPullReader, _ field: (UnsafeBufferPointer<UInt8>) -> ListField?,
        _ builder: inout ListPageBuilder, _ text: inout [UInt8], other: Other
    ) throws(XMLFailure) {
        while true {
            switch try reader.next() {
            case .end: return
            case .text: try reader.requireWhiteSpace()
            case nil: throw XMLFailure("it ends too early")
            case .start:
                guard let field = field(reader.name) else {
                    try other(&reader, &builder, &text)
                    continue
                }
                text.removeAll(keepingCapacity: true)
                try reader.readText(into: &text)
                try text.withUnsafeBufferPointer { bytes throws(XMLFailure) in try builder.set(field, bytes) }
            }
        }
    }
}
