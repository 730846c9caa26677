internal import Glibc

/// Folders whose sizes follow Zipf's law: the nth holds about 1/n^1.1 of what the first one holds.
struct Folders {
    private static let syllables = [
        "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "we", "xi",
        "yo", "zu", "A", "E", "I", "O", "_", "0", "1", "2",
    ]

    private let names: [[UInt8]]
    /// What part of all objects is in this folder and those before it.
    private let shares: [Double]
    private var filled: [Int]

    /// So many folders, one to four levels deep, whose names follow from the seed.
    init(count: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed &+ 2)
        var shares: [Double] = []
        var sum = 0.0
        names = (0..<count).map { number in
            var name = Array("users/".utf8)
            for level in 0...random.below(3) {
                if level > 0 { name.append("/") }
                for _ in 0...random.below(4) { name.append(Self.syllables[random.below(Self.syllables.count)]) }
            }
            name.append(decimal: number)
            name.append("/")
            sum += 1 / pow(Double(number + 1), 1.1)
            shares.append(sum)
            return name
        }
        self.shares = shares.map { $0 / sum }
        filled = [Int](repeating: 0, count: count)
    }

    /// Appends the key of one more object in one of the folders.
    mutating func append(to bytes: inout [UInt8], _ random: inout SplitMix64) {
        let wanted = random.unit()
        var low = 0
        var high = shares.count - 1
        while low < high {
            let middle = (low + high) / 2
            if shares[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        bytes.append(contentsOf: names[low])
        bytes.append("IMG_")
        bytes.append(decimal: filled[low], digits: 4)
        bytes.append(".JPG")
        filled[low] += 1
    }
}
