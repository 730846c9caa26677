/// Compares bytes that come in chunks of any size.
enum ByteComparison {
    /// Whether two sequences give the same bytes. Throws what they throw.
    static func areEqual(
        _ left: any AsyncSequence<[UInt8], any Error> & Sendable,
        _ right: any AsyncSequence<[UInt8], any Error> & Sendable
    ) async throws -> Bool {
        try await compare(left, right)
    }

    private static func compare<Left: AsyncSequence, Right: AsyncSequence>(
        _ left: Left, _ right: Right
    ) async throws -> Bool where Left.Element == [UInt8], Right.Element == [UInt8] {
        var others = right.makeAsyncIterator()
        var rest: ArraySlice<UInt8> = []
        for try await chunk in left {
            var chunk = chunk[...]
            while !chunk.isEmpty {
                if rest.isEmpty {
                    guard let next = try await others.next() else { return false }
                    rest = next[...]
                    continue
                }
                let count = min(chunk.count, rest.count)
                guard chunk.prefix(count) == rest.prefix(count) else { return false }
                chunk = chunk.dropFirst(count)
                rest = rest.dropFirst(count)
            }
        }
        while rest.isEmpty, let next = try await others.next() { rest = next[...] }
        return rest.isEmpty
    }
}
