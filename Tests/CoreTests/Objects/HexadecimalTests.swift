import Core
import Testing

@Suite struct HexadecimalTests {
    @Test func pairsOfDigitsAreBytes() {
        #expect([UInt8](hexadecimal: "") == [])
        #expect([UInt8](hexadecimal: "00ff7Fa0") == [0, 255, 127, 160])
    }

    @Test(arguments: ["0", "000", "0g", " 00", "0x00", "\u{FF11}\u{FF11}", "00\n"])
    func anythingElseIsRefused(digits: String) {
        #expect([UInt8](hexadecimal: digits) == nil)
    }
}
