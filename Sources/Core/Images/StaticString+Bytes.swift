extension StaticString {
    /// Its UTF-8 bytes, which stay where they are; none for a literal that is a lone Unicode scalar.
    var bytes: UnsafeBufferPointer<UInt8> {
        guard hasPointerRepresentation else { return UnsafeBufferPointer(start: nil, count: 0) }
        return UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}
