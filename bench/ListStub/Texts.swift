internal import Glibc

/// Many texts, one behind the other in one piece of memory.
struct Texts: Sendable {
    private(set) var bytes: [UInt8] = []
    private var ends: [Int] = []

    var count: Int { ends.count }

    /// Room for so many texts and bytes, so that appending copies nothing.
    mutating func reserve(_ count: Int, bytes size: Int) {
        ends.reserveCapacity(count)
        bytes.reserveCapacity(size)
    }

    /// Appends the text that `body` appends to the bytes.
    mutating func append(_ body: (inout [UInt8]) -> Void) {
        body(&bytes)
        ends.append(bytes.count)
    }

    /// Where a text lies in the bytes.
    func range(of index: Int) -> Range<Int> {
        range(of: index..<index + 1)
    }

    /// Where consecutive texts lie in the bytes.
    func range(of indices: Range<Int>) -> Range<Int> {
        let start = indices.lowerBound == 0 ? 0 : ends[indices.lowerBound - 1]
        return start..<(indices.isEmpty ? start : ends[indices.upperBound - 1])
    }

    /// One text.
    subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(of: index)] }

    /// Less than, equal to or greater than zero as one text comes before, is, or comes behind other bytes in byte order.
    func compare(_ index: Int, with other: some Collection<UInt8>) -> Int {
        Self.compare(self[index], other)
    }

    /// The first text that `other` does not come behind; `count` where there is none. The texts are in byte order.
    func lowerBound(_ other: [UInt8]) -> Int {
        partition { compare($0, with: other) >= 0 }
    }

    /// The first text behind `other`; `count` where there is none. The texts are in byte order.
    func upperBound(_ other: [UInt8]) -> Int {
        partition { compare($0, with: other) > 0 }
    }

    /// The first text behind all that begin with `prefix`; `count` where there is none. The texts are in byte order.
    func end(ofPrefix prefix: [UInt8]) -> Int {
        partition { compare($0, with: prefix) > 0 && !self[$0].starts(with: prefix) }
    }

    private func partition(_ isBehind: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isBehind(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Less than, equal to or greater than zero, in byte order.
    static func compare(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Int {
        let order = left.withContiguousStorageIfAvailable { left in
            right.withContiguousStorageIfAvailable { right in
                guard let first = left.baseAddress, let second = right.baseAddress else { return 0 }
                return Int(memcmp(first, second, min(left.count, right.count)))
            }
        }
        if let order = order ?? nil, order != 0 { return order }
        return left.count - right.count
    }
}
