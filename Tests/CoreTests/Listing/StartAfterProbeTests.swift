import TestSupport
import Testing

@testable import Core

@Suite struct StartAfterProbeTests {
    @Test func asksBehindAKeyAndBetweenTwo() throws {
        let probe = try #require(StartAfterProbe(keys: ["a1", "a2", "a4", "a5"] as [ObjectKey], prefix: "a"))
        #expect(probe.existing == "a2")
        #expect(probe.madeUp == "a3")
        #expect(probe.expected == "a4")
        #expect(probe.accepts("a4"))
        #expect(!probe.accepts("a2"))
        #expect(!probe.accepts("a5"))
        #expect(!probe.accepts(nil))
    }

    @Test(arguments: [[], ["a"], ["a", "b"]] as [[ObjectKey]]) func tooFewKeysTellNothing(keys: [ObjectKey]) {
        #expect(StartAfterProbe(keys: keys, prefix: "") == nil)
    }

    @Test func aPairWithoutRoomIsPassedOver() throws {
        // No key of characters from U+0020 on lies between the second and the third.
        let probe = try #require(StartAfterProbe(keys: ["a", "b", "b ", "c"] as [ObjectKey], prefix: ""))
        #expect(probe.existing == "b ")
        #expect(probe.expected == "c")
        #expect(probe.madeUp != nil)
        let tight = try #require(StartAfterProbe(keys: ["a", "b", "b "] as [ObjectKey], prefix: ""))
        #expect(tight.existing == "b")
        #expect(tight.madeUp == nil)
        #expect(tight.expected == "b ")
    }

    @Test func keysAsLongAsCanBeAreNotMadeLonger() throws {
        let long = String(repeating: "é", count: 511)
        for (left, right) in [("ab", "ac"), ("ab", "ad"), ("\u{10FFFF}", "x"), ("a~", "b!"), ("  ", "!!")] {
            let keys = ["0", left, right].map { ObjectKey(($0 == "0" ? "" : long) + $0) }.sorted()
            guard let madeUp = StartAfterProbe(keys: keys, prefix: "")?.madeUp else { continue }
            #expect(madeUp.length <= ObjectKey.maximumLength)
        }
    }

    @Test(arguments: 0..<300) func whatIsMadeUpLiesStrictlyBetween(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let prefix = ["", "x/", "日/", "a"].randomElement(using: &random) ?? ""
        let odd = ["", "\u{1F}", "\u{D7FF}", "\u{10FFFF}", String(repeating: "🚀", count: 255), "\u{7E}", " "]
        let keys = Set(
            KeyShapes.any(20, &random).map { key in
                ObjectKey(prefix + key.string + (odd.randomElement(using: &random) ?? ""))
            }
        ).sorted()
        let bucket = SortedBucket(keys, pageSize: 1000)
        guard let probe = StartAfterProbe(keys: bucket.keys, prefix: prefix) else { return }
        #expect(probe.accepts(bucket.page(after: probe.existing, prefix: prefix).keys.first))
        guard let madeUp = probe.madeUp else { return }
        #expect(probe.accepts(bucket.page(after: madeUp, prefix: prefix).keys.first))
        #expect(probe.existing < madeUp && madeUp < probe.expected)
        #expect(madeUp.hasPrefix(prefix))
        #expect((1...ObjectKey.maximumLength).contains(madeUp.length))
        #expect(madeUp.string.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    }
}
