/// What may be a bucket's name.
enum BucketName {
    /// Whether a request can be made for it at all: letters, digits, `.`, `-` and `_`, and no path segment of its own.
    static func isValid(_ name: String) -> Bool {
        let isFit = name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            default: "-._".utf8.contains(byte)
            }
        }
        return isFit && (1...255).contains(name.utf8.count) && name != "." && name != ".."
    }

    /// Whether it can stand in a host under a certificate for `*.s3.…`: a lower-case DNS label of 3 to 63 characters.
    static func isLabel(_ name: String) -> Bool {
        let isFit = name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x61...0x7a, UInt8(ascii: "-"): true
            default: false
            }
        }
        return isFit && (3...63).contains(name.utf8.count) && name.first != "-" && name.last != "-"
    }
}
