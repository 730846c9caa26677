extension ObjectSource {
    /// What the bytes are, by their header and a scan for hidden content. Throws what reading throws.
    public func inspection() async throws -> ImageInspection {
        var pending = PendingInspection(size: size)
        while true {
            switch pending.next() {
            case .done(let inspection): return inspection
            case .read(let range): pending.supply(try await bytes(range))
            }
        }
    }

    private func bytes(_ range: Range<Int64>) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        var place = range.lowerBound
        while place < range.upperBound {
            let end = min(range.upperBound, place + (1 << 20))
            bytes += try await read(place..<end)
            place = end
        }
        return bytes
    }
}
