/// Makes the keys of a bucket, one after the other, in no order; none comes twice.
struct KeyMaker {
    private let distribution: Distribution
    private var random: SplitMix64
    private var folders: Folders
    private var names: UnicodeNames

    /// The keys of a bucket of `count` objects that follow from this seed.
    init(_ distribution: Distribution, count: Int, seed: UInt64) {
        self.distribution = distribution
        random = SplitMix64(seed: seed)
        folders = Folders(count: distribution == .directories ? max(1, count / 200) : 1, seed: seed)
        names = UnicodeNames(random: SplitMix64(seed: seed &+ 1))
    }

    /// Appends the key of this number: 1 to 1,023 bytes of UTF-8, without control characters.
    mutating func append(_ number: Int, to bytes: inout [UInt8]) {
        switch distribution {
        case .uuid: appendUUID(to: &bytes)
        case .hashPrefix:
            bytes.append("production/tenants/7c4a8d09/product-images/originals/v2/")
            bytes.append(hex: random.next(), digits: 16)
            bytes.append(hex: random.next(), digits: 16)
            bytes.append(".jpg")
        case .sequential:
            bytes.append("products/")
            bytes.append(decimal: number, digits: 10)
            bytes.append("/front.jpg")
        case .dates: appendDate(to: &bytes)
        case .directories: folders.append(to: &bytes, &random)
        case .unicode: names.append(to: &bytes)
        }
    }

    private mutating func appendUUID(to bytes: inout [UInt8]) {
        let high = random.next()
        let low = random.next()
        bytes.append(hex: high >> 32, digits: 8)
        bytes.append("-")
        bytes.append(hex: high >> 16, digits: 4)
        bytes.append("-4")
        bytes.append(hex: high, digits: 3)
        bytes.append("-")
        bytes.append(hex: 8 | (low >> 62), digits: 1)
        bytes.append(hex: low >> 48, digits: 3)
        bytes.append("-")
        bytes.append(hex: low, digits: 12)
    }

    private mutating func appendDate(to bytes: inout [UInt8]) {
        let day = random.below(24 * 28)
        // The work of a day is done in a few hours of it; cubing moves the rest together.
        let skew = random.unit()
        let hour = (8 + Int(24 * skew * skew * skew)) % 24
        bytes.append("events/")
        bytes.append(decimal: 2024 + day / (12 * 28), digits: 4)
        bytes.append("/")
        bytes.append(decimal: 1 + day / 28 % 12, digits: 2)
        bytes.append("/")
        bytes.append(decimal: 1 + day % 28, digits: 2)
        bytes.append("/")
        bytes.append(decimal: hour, digits: 2)
        bytes.append("/")
        bytes.append(decimal: random.below(60), digits: 2)
        bytes.append(decimal: random.below(60), digits: 2)
        bytes.append("-")
        bytes.append(hex: random.next(), digits: 16)
        bytes.append(".json")
    }
}
