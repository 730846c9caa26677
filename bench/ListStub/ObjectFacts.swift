internal import Glibc

/// What a listing says about an object beside its key; it follows from the key and the seed alone.
struct ObjectFacts {
    /// Bytes.
    let size: Int
    /// The halves of the ETag's 32 hexadecimal digits.
    let etag: (UInt64, UInt64)
    /// Seconds since 1970.
    let modified: Int

    /// The facts of the object of this key; the part `changed` of all objects has another ETag than without.
    init(of key: some Sequence<UInt8>, seed: UInt64, changed: Double) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        var random = SplitMix64(seed: hash ^ SplitMix64.mix(seed))
        size = (1_024 << random.below(12)) + random.below(1_024)
        modified = 1_672_531_200 + random.below(3 * 365 * 86_400)
        let halves = (random.next(), random.next())
        etag = random.unit() < changed ? (~halves.0, halves.1) : halves
    }

    /// Appends the ETag, without quotes.
    func appendETag(to bytes: inout [UInt8]) {
        bytes.append(hex: etag.0, digits: 16)
        bytes.append(hex: etag.1, digits: 16)
    }

    /// Appends the time as listings have it.
    func appendModified(to bytes: inout [UInt8]) {
        var seconds = modified
        var parts = tm()
        gmtime_r(&seconds, &parts)
        bytes.append(decimal: Int(parts.tm_year) + 1900, digits: 4)
        bytes.append("-")
        bytes.append(decimal: Int(parts.tm_mon) + 1, digits: 2)
        bytes.append("-")
        bytes.append(decimal: Int(parts.tm_mday), digits: 2)
        bytes.append("T")
        bytes.append(decimal: Int(parts.tm_hour), digits: 2)
        bytes.append(":")
        bytes.append(decimal: Int(parts.tm_min), digits: 2)
        bytes.append(":")
        bytes.append(decimal: Int(parts.tm_sec), digits: 2)
        bytes.append(".000Z")
    }
}
