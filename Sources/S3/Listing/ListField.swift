/// An element of a list page that is looked at. All others are skipped.
enum ListField: Int {
    case bucket, isTruncated, nextContinuationToken, encodingType
    case key, lastModified, etag, size, storageClass

    /// An element right below the root.
    static func ofPage(_ name: UnsafeBufferPointer<UInt8>) -> ListField? {
        switch name.count {
        case 4 where name.isEqual("Name"): .bucket
        case 11 where name.isEqual("IsTruncated"): .isTruncated
        case 12 where name.isEqual("EncodingType"): .encodingType
        case 21 where name.isEqual("NextContinuationToken"): .nextContinuationToken
        default: nil
        }
    }

    /// An element of `Contents`.
    static func ofObject(_ name: UnsafeBufferPointer<UInt8>) -> ListField? {
        switch name.count {
        case 3 where name.isEqual("Key"): .key
        case 4 where name.isEqual("Size"): .size
        case 4 where name.isEqual("ETag"): .etag
        case 12 where name.isEqual("LastModified"): .lastModified
        case 12 where name.isEqual("StorageClass"): .storageClass
        default: nil
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether these are the bytes of `text`.
    @inline(__always)
    func isEqual(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index] != text.utf8Start[index] { return false }
        return true
    }
}
