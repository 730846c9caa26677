import Core
import TestSupport
import Testing

@Suite struct AddressPolicyTests {
    @Test("First, last and random addresses of each special block are refused", arguments: AddressCases.refused)
    func special(_ first: String, _ last: String, _ meaning: AddressClass) throws {
        var random = SeededGenerator(seed: 3)
        let (low, high) = (try address(first).bytes, try address(last).bytes)
        for round in 0..<300 {
            let bytes = round == 0 ? low : round == 1 ? high : between(low, high, using: &random)
            let address = try #require(InternetAddress(bytes: bytes))
            let found = AddressPolicy.specialClass(of: address)
            #expect(
                found == meaning || AddressCases.metadata.contains("\(address)"),
                "\(address) is \(String(describing: found))")
            #expect(!AddressPolicy().permits(address), "\(address)")
        }
    }

    @Test("What clouds tell their machines is refused by name", arguments: AddressCases.metadata)
    func metadata(_ text: String) throws {
        #expect(AddressPolicy.specialClass(of: try address(text)) == .metadata)
        #expect(!AddressPolicy().permits(try address(text)))
    }

    @Test("The public internet is permitted", arguments: AddressCases.permitted)
    func permits(_ text: String) throws {
        #expect(AddressPolicy.specialClass(of: try address(text)) == nil)
        #expect(AddressPolicy().permits(try address(text)))
    }

    @Test func bothEndsOfEachSlash16OfIPv4ArePermittedExactlyWhereNoBlockHasThem() throws {
        let ranges = try AddressCases.refused.compactMap { line -> ClosedRange<UInt32>? in
            let (low, high) = (try address(line.0), try address(line.1))
            return low.isIPv4 ? number(low)...number(high) : nil
        }
        for high in 0...UInt32(UInt16.max) {
            for low: UInt32 in [0, 0xFFFF] {
                let value = high << 16 | low
                let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
                let address = try #require(InternetAddress(bytes: bytes))
                let isSpecial = ranges.contains { $0.contains(value) }
                if AddressPolicy().permits(address) == isSpecial { Issue.record("\(address)") }
            }
        }
    }

    @Test("An IPv4 address inside an IPv6 one is no way around", arguments: AddressCases.refusedIPv4)
    func embedded(_ text: String) throws {
        let four = try address(text).bytes
        let hidden: [[UInt8]] = [
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] + four,
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] + four,
            [0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0] + four,
            [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0] + four,
            [0, 0x64, 0xFF, 0x9B, 0, 1, 0, 0, 0, 0, 0, 0] + four,
            [0x20, 0x02] + four + [UInt8](repeating: 1, count: 10),
            // Teredo: the server's address, and the client's with all bits turned.
            [0x20, 0x01, 0, 0] + four + [0, 0, 0xF2, 0x27] + [8, 8, 8, 8].map { ~$0 },
            [0x20, 0x01, 0, 0, 8, 8, 8, 8, 0, 0, 0xF2, 0x27] + four.map { ~$0 },
        ]
        for bytes in hidden {
            let address = try #require(InternetAddress(bytes: bytes))
            #expect(!AddressPolicy().permits(address), "\(address)")
        }
    }

    @Test func whatTheOperatorAllowsIsPermittedAndNothingBeside() throws {
        let policy = AddressPolicy(allowed: try ["10.2.0.0/16", "127.0.0.1", "fd12::/16"].map(block))
        for text in ["10.2.0.0", "10.2.255.255", "127.0.0.1", "::ffff:10.2.3.4", "fd12::1", "8.8.8.8"] {
            #expect(policy.permits(try address(text)), "\(text)")
        }
        for text in ["10.1.255.255", "10.3.0.0", "127.0.0.2", "::1", "fd13::", "2002:a02:304::1", "::10.2.3.4"] {
            #expect(!policy.permits(try address(text)), "\(text)")
        }
    }

    @Test("A cloud's metadata is allowed by its one address only", arguments: AddressCases.metadata)
    func metadataIsAllowedByItself(_ text: String) throws {
        let all = try ["0.0.0.0/0", "::/0", "169.254.0.0/16", "fd00::/8"].map(block)
        #expect(!AddressPolicy(allowed: all).permits(try address(text)))
        #expect(AddressPolicy(allowed: [try block(text)]).permits(try address(text)))
    }

    @Test(
        "What is no block is not read",
        arguments: [
            "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.1.0.0/8", "::/129", "10/8", "a/8",
        ])
    func noBlock(_ text: String) {
        #expect(AddressBlock(text) == nil)
    }

    // MARK: Numbers

    private func address(_ text: String) throws -> InternetAddress { try #require(InternetAddress(text), "\(text)") }

    private func block(_ text: String) throws -> AddressBlock { try #require(AddressBlock(text), "\(text)") }

    private func number(_ address: InternetAddress) -> UInt32 { address.bytes.reduce(0) { $0 << 8 | UInt32($1) } }

    /// Any bytes behind what both have in common, but not outside of them.
    private func between(_ low: [UInt8], _ high: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
        while true {
            var bytes = low.indices.map { _ in UInt8.random(in: 0...255, using: &random) }
            for index in low.indices {
                bytes[index] = UInt8.random(
                    in: min(low[index], high[index])...max(low[index], high[index]), using: &random)
                if low[index] != high[index] { break }
            }
            if !bytes.lexicographicallyPrecedes(low), !high.lexicographicallyPrecedes(bytes) { return bytes }
        }
    }
}
