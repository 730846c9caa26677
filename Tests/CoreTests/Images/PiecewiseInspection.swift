import Core

/// Drives a pending inspection over an array.
enum PiecewiseInspection {
    static func inspect(_ bytes: [UInt8], scanned: Int64 = 64 << 20) -> ImageInspection? {
        var pending = PendingInspection(size: Int64(bytes.count), scanned: scanned)
        for _ in 0..<10_000 {
            switch pending.next() {
            case .done(let inspection): return inspection
            case .read(let range):
                guard range.lowerBound >= 0, range.upperBound <= Int64(bytes.count), !range.isEmpty else { return nil }
                pending.supply(Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
            }
        }
        return nil
    }
}
