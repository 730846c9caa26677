/// What may be a region's name, whoever says so: it becomes part of a host and of a credential scope.
enum RegionName {
    static func isValid(_ name: String) -> Bool {
        let isFit = name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
        return isFit && (1...63).contains(name.utf8.count) && name.first != "-"
    }
}
