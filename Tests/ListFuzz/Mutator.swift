/// Damages a page in one to six places.
struct Mutator {
    var random: SeededGenerator

    mutating func mutate(_ page: [UInt8], with other: [UInt8]) -> [UInt8] {
        var bytes = page
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 2: bytes.removeSubrange(place..<end(from: place, in: bytes))
            case 3: bytes.insert(contentsOf: Array(bytes[place..<end(from: place, in: bytes)]), at: place)
            case 4: bytes.removeSubrange(place...)
            case 5:
                let start = Int.random(in: 0...other.count, using: &random)
                bytes.insert(contentsOf: other[start..<end(from: start, in: other)], at: place)
            default: bytes.insert(contentsOf: Array(piece().utf8), at: boundary(near: place, in: bytes))
            }
        }
        return bytes
    }

    private mutating func piece() -> String { Pages.pieces[Int.random(in: 0..<Pages.pieces.count, using: &random)] }

    private mutating func end(from start: Int, in bytes: [UInt8]) -> Int {
        min(
            bytes.count,
            start + Int.random(in: 0...(Int.random(in: 0...4, using: &random) == 0 ? 200 : 8), using: &random))
    }

    /// Half of the time the next place between text and tag, where pieces mean most.
    private mutating func boundary(near place: Int, in bytes: [UInt8]) -> Int {
        guard Bool.random(using: &random) else { return place }
        return bytes[place...].firstIndex { $0 == UInt8(ascii: "<") } ?? place
    }
}
