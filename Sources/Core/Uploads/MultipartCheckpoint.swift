/// How far the upload of a large object has come: enough for another worker to go on with it.
///
/// It is no secret, and worth nothing to whoever may not write to the bucket.
public struct MultipartCheckpoint: Hashable, Sendable, Codable {
    /// A part that the store has acknowledged.
    public struct Part: Hashable, Sendable, Codable {
        /// 1 is the first.
        public var number: Int
        /// What the store says of it, without quotes.
        public var etag: String

        /// A part that is stored.
        public init(number: Int, etag: String) {
            self.number = number
            self.etag = etag
        }
    }

    /// What the store calls the upload.
    public var uploadID: String
    /// Bytes of the whole object.
    public var size: Int64
    /// Bytes of each part but the last.
    public var partSize: Int64
    /// The SHA-256 of the whole object, where it was given: an upload of other bytes is not gone on with.
    public var sha256: [UInt8]?
    /// What is stored, ascending by number.
    public var parts: [Part]
    /// Whether the store is told to make the object of them: before that, nothing of the upload can change an object.
    public var isCompleting = false

    /// An upload of which nothing is stored yet.
    public init(uploadID: String, plan: MultipartPlan, sha256: [UInt8]?) {
        self.uploadID = uploadID
        size = plan.size
        partSize = plan.partSize
        self.sha256 = sha256
        parts = []
    }

    /// Whether it is about these bytes, divided in this way.
    public func fits(_ plan: MultipartPlan, sha256: [UInt8]?) -> Bool {
        size == plan.size && partSize == plan.partSize && self.sha256 == sha256
    }

    /// Takes in a part that was stored, in place of an earlier one of its number.
    public mutating func add(_ part: Part) {
        let index = parts.firstIndex { $0.number >= part.number } ?? parts.endIndex
        if index < parts.endIndex, parts[index].number == part.number {
            parts[index] = part
        } else {
            parts.insert(part, at: index)
        }
    }

    /// The numbers that are not stored yet, ascending.
    public func missing(in plan: MultipartPlan) -> [Int] {
        let stored = Set(parts.map(\.number))
        return plan.numbers.filter { !stored.contains($0) }
    }
}
