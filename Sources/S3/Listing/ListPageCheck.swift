/// The parsers of list pages one by one, for the fuzzer that compares them.
package enum ListPageCheck {
    /// What the scanner makes of a page; nil where it gives up.
    package static func scan(_ page: [UInt8]) -> S3ListPage? {
        page.withUnsafeBufferPointer { ListPageScanner.scan($0) }
    }

    /// What libxml2 makes of a page; nil where it is none.
    package static func read(_ page: [UInt8]) -> S3ListPage? {
        page.withUnsafeBufferPointer { try? ListPageReader.read($0) }
    }

    /// What the client makes of a page; nil where it is none.
    package static func parse(_ page: [UInt8]) -> S3ListPage? { try? ListPageParser.parse(page) }
}
