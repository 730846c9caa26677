import Core
import Glibc
import TestSupport
import Testing

@Suite struct InternetAddressTests {
    @Test(
        "The usual forms are read, and written as RFC 5952 says",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::1", "2001:db8::1"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"), ("::ffff:192.0.2.1", "::ffff:c000:201"),
            ("64:ff9b::10.0.0.1", "64:ff9b::a00:1"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
            ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
        ])
    func reads(_ text: String, _ written: String) throws {
        let address = try #require(InternetAddress(text))
        #expect(address.description == written)
        #expect(InternetAddress(written) == address)
    }

    @Test(
        "Everything else is no address",
        arguments: [
            "", ".", ":", "1", "127.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.04", "256.1.1.1", "1.2.3.4 ",
            " 1.2.3.4",
            "+1.2.3.4", "0x7f.0.0.1", "1..2.3", "1.2.3.", ".1.2.3", "１.2.3.4", ":::", "1:::2", "1::2::3",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "12345::", "::g", "::+1", "::-0", "::1%eth0",
            "[::1]", "::1.2.3", "1.2.3.4::", "1.2.3.4:1:2:3:4:5:6:7", "::1.2.3.4:5", ":1", "1:",
            "1:2:3:4:5:6:7:1.2.3.4",
        ])
    func refuses(_ text: String) {
        #expect(InternetAddress(text) == nil)
        #expect(system(text) == nil)
    }

    @Test func whatTheSystemWritesIsReadAsTheSystemReadsIt() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            // Many zeros, so that there are gaps.
            let count = random.once(in: 4) ? 4 : 16
            let bytes = (0..<count).map { _ in random.once(in: 3) ? UInt8.random(in: 0...255, using: &random) : 0 }
            let address = try #require(InternetAddress(bytes: bytes))
            #expect(system(address.description) == bytes)
            #expect(InternetAddress(written(bytes))?.bytes == bytes)
        }
    }

    @Test func anyTextIsAnAddressExactlyWhereTheSystemSaysSo() {
        var random = SeededGenerator(seed: 11)
        let alphabet = Array("0123456789aF::::..gx%+-")
        for _ in 0..<50_000 {
            let text = String(
                (0..<Int.random(in: 1...14, using: &random)).map { _ in
                    alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                })
            #expect(InternetAddress(text)?.bytes == system(text), "\(text)")
        }
    }

    private func system(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
        return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }

    private func written(_ bytes: [UInt8]) -> String {
        var text = [CChar](repeating: 0, count: 64)
        _ = inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
