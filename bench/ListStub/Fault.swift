/// What can be wrong with a page.
enum Fault: String, CaseIterable {
    /// The first and the last key have changed places.
    case unordered
    /// The first key stands in place of the second as well.
    case repeatedKey = "repeated-key"
    /// The page begins at the first key, whatever it was to begin behind.
    case firstKeyBeforeStartAfter = "first-key-before-start-after"
    /// The XML ends in its middle, and so does the answer.
    case truncatedXML = "truncated-xml"
    /// The page as it should be, called text/html.
    case wrongContentType = "wrong-content-type"
    /// An error document with status 200.
    case errorBodyIn200 = "error-body-in-200"
    /// No keys, and yet more to come.
    case emptyTruncated = "empty-truncated"
    /// The continuation token leads to the same page again.
    case tokenLoop = "token-loop"
    /// One more key at the end, of 10 MB.
    case hugeKey = "huge-key"
    /// One more key at the end, with percent signs that encode nothing.
    case badPercent = "bad-percent"
    /// One more key at the end, of entities that double thirty times.
    case entityBomb = "entity-bomb"
    /// A byte every tenth of a second.
    case slowDrip = "slow-drip"
}
