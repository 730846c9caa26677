/// Reads the body of a ListObjectsV2 response.
enum ListPageParser {
    /// The page. Throws where the body is no list page, or not a whole one.
    ///
    /// The scanner reads what servers usually write; whatever it gives up at is read by libxml2, repaired where it is no XML
    /// only because of characters that XML cannot carry.
    static func parse(_ body: [UInt8]) throws(XMLFailure) -> S3ListPage {
        try body.withUnsafeBufferPointer { bytes throws(XMLFailure) in
            if let page = ListPageScanner.scan(bytes) { return page }
            do throws(XMLFailure) {
                return try ListPageReader.read(bytes)
            } catch {
                guard let repair = XMLRepair(bytes) else { throw error }
                return try repair.document.withUnsafeBufferPointer { bytes throws(XMLFailure) in
                    try ListPageReader.read(bytes, repair: repair)
                }
            }
        }
    }
}
