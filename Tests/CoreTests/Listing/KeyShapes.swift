import TestSupport
@testable import Core

/// Keys of the shapes that buckets have.
enum KeyShapes {
    /// Short keys of small alphabets, with and without folders, so that everything collides.
    static func small(_ count: Int, _ random: inout SeededGenerator) -> [ObjectKey] {
        let alphabets = [
            "ab", "0123456789", "0123456789abcdef", "az/é日🚀\u{10FFFF}", " ~!/", "a\u{7F}\u{80}\u{D7FF}\u{E000}\u{FFFF}",
        ]
        let folders = ["", "x/", "x/y/", "日/", "logs/2024/"]
        var keys: Set<ObjectKey> = []
        while keys.count < count {
            let alphabet = Array((alphabets.randomElement(using: &random) ?? "a").unicodeScalars)
            var text = String.UnicodeScalarView((folders.randomElement(using: &random) ?? "").unicodeScalars)
            for _ in 0..<Int.random(in: 1...9, using: &random) {
                text.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
            }
            keys.insert(ObjectKey(String(text)))
        }
        return Array(keys)
    }

    /// Small keys, or of a shape at random.
    static func any(_ count: Int, _ random: inout SeededGenerator) -> [ObjectKey] {
        let shapes = [
            "uuid", "hash under a prefix", "sequential", "sequential, unpadded", "dates", "directories", "scripts",
            "folders",
        ]
        guard random.once(in: 3) else { return small(count, &random) }
        return named(shapes.randomElement(using: &random) ?? "", count, &random)
    }

    /// `count` keys of a named shape.
    static func named(_ shape: String, _ count: Int, _ random: inout SeededGenerator) -> [ObjectKey] {
        if shape == "folders" { return folders(count, &random) }
        return (0..<count).map { number in
            switch shape {
            case "uuid": return ObjectKey(hexadecimal(random.next()) + hexadecimal(random.next()))
            case "hash under a prefix": return ObjectKey("prod/assets/v1/objects/" + hexadecimal(random.next()))
            case "sequential": return ObjectKey("logs/app/prod/server/" + padded(number, 12) + ".json")
            case "sequential, unpadded": return ObjectKey("img_" + String(number) + ".jpg")
            case "dates":
                let share = Double.random(in: 0..<1, using: &random)
                let day = Int(1095 * share * share * share)
                return ObjectKey(
                    "data/y=\(2024 - day / 365)/m=\(padded(12 - day % 365 / 31, 2))/d=\(padded(31 - day % 31, 2))/h="
                        + "\(padded(Int.random(in: 0..<24, using: &random), 2))/part-\(padded(number, 8)).parquet")
            case "directories":
                let tenant = min(Int(1 / Double.random(in: 0.00001..<1, using: &random)), 100_000)
                return ObjectKey("tenant-\(padded(tenant, 6))/img/" + hexadecimal(random.next()) + ".jpg")
            default:
                let scripts: [ClosedRange<UInt32>] = [0x4E00...0x9FFF, 0x61...0x7A, 0x400...0x44F, 0x1F300...0x1F6FF]
                var text = String.UnicodeScalarView()
                for _ in 0..<8 {
                    let value = UInt32.random(in: scripts[Int.random(in: 0..<4, using: &random)], using: &random)
                    text.append(Unicode.Scalar(value) ?? "a")
                }
                return ObjectKey(String(text) + "/" + padded(number % 999_999, 6))
            }
        }
    }

    /// Folders one to three deep whose names tell nothing and whose sizes follow Zipf's law, with numbered files in each.
    private static func folders(_ count: Int, _ random: inout SeededGenerator) -> [ObjectKey] {
        let syllables = ["ba", "ce", "di", "fo", "gu", "ha", "ki", "lo", "mu", "na", "A", "E", "I", "_", "0", "1", "2"]
        var folders: [(name: String, end: Double, files: Int)] = []
        var sum = 0.0
        for number in 0..<max(1, count / 6) {
            var name = "users/"
            for level in 0...Int.random(in: 0..<3, using: &random) {
                if level > 0 { name += "/" }
                for _ in 0...Int.random(in: 0..<4, using: &random) {
                    name += syllables.randomElement(using: &random) ?? ""
                }
            }
            sum += 1 / Double(number + 1)
            folders.append(("\(name)\(number)/IMG_", sum, 0))
        }
        return (0..<count).map { _ in
            let share = Double.random(in: 0..<sum, using: &random)
            let folder = min(folders.offset { $0.end > share }, folders.count - 1)
            folders[folder].files += 1
            return ObjectKey(folders[folder].name + padded(folders[folder].files - 1, 4) + ".JPG")
        }
    }

    private static func hexadecimal(_ number: UInt64) -> String { padded(String(number, radix: 16), 16) }
    private static func padded(_ number: Int, _ width: Int) -> String { padded(String(number), width) }
    private static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
