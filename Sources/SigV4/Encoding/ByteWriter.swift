/// Bytes that grow at their end. Emptied, it keeps its memory: writing into a used one allocates nothing.
struct ByteWriter: ~Copyable {
    private var memory: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// How many bytes are written.
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = max(16, capacity)
        memory = .allocate(capacity: self.capacity)
    }

    deinit { memory.deallocate() }

    /// Whether it holds more memory than is worth keeping.
    var isOversized: Bool { capacity > 256 * 1024 }

    /// Empties it.
    mutating func removeAll() { count = 0 }

    /// Makes room for `extra` more bytes.
    @inline(__always)
    private mutating func reserve(_ extra: Int) {
        if count + extra > capacity { grow(extra) }
    }

    private mutating func grow(_ extra: Int) {
        let larger = max(2 * capacity, count + extra)
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        memory.update(from: self.memory, count: count)
        self.memory.deallocate()
        self.memory = memory
        capacity = larger
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        reserve(1)
        memory[count] = byte
        count += 1
    }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        (memory + count).update(from: source, count: bytes.count)
        count += bytes.count
    }

    /// Appends a literal.
    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append($0) }
    }

    /// Appends a text's UTF-8.
    mutating func append(_ text: String) {
        if text.utf8.withContiguousStorageIfAvailable({ append($0) }) == nil {
            for byte in text.utf8 { append(byte) }
        }
    }

    /// Appends a part of another writer.
    mutating func append(_ other: borrowing ByteWriter, _ range: Range<Int>) {
        append(UnsafeBufferPointer(start: other.memory + range.lowerBound, count: range.count))
    }

    /// Appends a text's UTF-8, percent-encoded.
    mutating func append(encoding text: String, _ rule: PercentEncoding.Rule) {
        if text.utf8.withContiguousStorageIfAvailable({ append(encoding: $0, rule) }) == nil {
            Array(text.utf8).withUnsafeBufferPointer { append(encoding: $0, rule) }
        }
    }

    /// Appends bytes, percent-encoded.
    mutating func append(encoding bytes: UnsafeBufferPointer<UInt8>, _ rule: PercentEncoding.Rule) {
        reserve(3 * bytes.count)
        var end = memory + count
        for byte in bytes {
            if PercentEncoding.keeps(byte, rule) {
                end[0] = byte
                end += 1
            } else {
                end[0] = UInt8(ascii: "%")
                end[1] = Hex.upperDigit(byte >> 4)
                end[2] = Hex.upperDigit(byte & 15)
                end += 3
            }
        }
        count = end - memory
    }

    /// Appends everything that another writer holds, percent-encoded.
    mutating func append(encoding other: borrowing ByteWriter, _ rule: PercentEncoding.Rule) {
        append(encoding: other.bytes(0..<other.count), rule)
    }

    /// Appends 64 lower-case hexadecimal digits.
    mutating func append(hex digest: SHA256.Digest) {
        reserve(2 * SHA256.digestLength)
        let end = memory + count
        digest.withBytes { bytes in
            for (index, byte) in bytes.enumerated() {
                end[2 * index] = Hex.digit(byte >> 4)
                end[2 * index + 1] = Hex.digit(byte & 15)
            }
        }
        count += 2 * SHA256.digestLength
    }

    /// Appends a number of at most `digits` digits, with leading zeros.
    mutating func append(_ number: Int, digits: Int) {
        reserve(digits)
        var rest = number
        for index in stride(from: count + digits - 1, through: count, by: -1) {
            memory[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += digits
    }

    /// Appends a number that is not negative.
    mutating func append(decimal number: Int) {
        var digits = 1
        var rest = number / 10
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        append(number, digits: digits)
    }

    /// A part, valid until the next change.
    @inline(__always)
    func bytes(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: memory + range.lowerBound, count: range.count)
    }

    /// Everything, valid until the next change.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: count) }

    /// Everything as a text. What is not UTF-8 is replaced; nothing written here is.
    func string() -> String { String(decoding: UnsafeBufferPointer(start: memory, count: count), as: UTF8.self) }
}
