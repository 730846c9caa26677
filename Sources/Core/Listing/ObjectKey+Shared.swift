extension ObjectKey {
    /// How many bytes two keys have in common before the first character in which they differ.
    func sharedLength(with other: ObjectKey) -> Int {
        var left = string
        var right = other.string
        return left.withUTF8 { left in
            right.withUTF8 { right in
                var length = 0
                let shorter = min(left.count, right.count)
                while length < shorter, left[length] == right[length] { length += 1 }
                // Back to where the character begins.
                while length > 0, Self.isInside(left, length) || Self.isInside(right, length) { length -= 1 }
                return length
            }
        }
    }

    /// The characters of the first `length` bytes, which end between two.
    func prefix(_ length: Int) -> Substring.UnicodeScalarView {
        let utf8 = string.utf8
        return string.unicodeScalars[..<utf8.index(utf8.startIndex, offsetBy: min(length, utf8.count))]
    }

    /// The key without its last character.
    var withoutLast: ObjectKey { ObjectKey(String(string.unicodeScalars.dropLast())) }

    private static func isInside(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        index < bytes.count && bytes[index] & 0xC0 == 0x80
    }
}
