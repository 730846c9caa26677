import Testing

@testable import Core

@Suite struct KeyRangeTests {
    @Test(arguments: [
        ("a", "b"), ("1/", "10"), ("a\u{7F}", "a\u{80}"), ("\u{D7FF}", "\u{E000}"), ("é", "ê"), ("x\u{10FFFF}", "y"),
        ("x\u{10FFFF}\u{10FFFF}", "y"), ("\u{FFFF}", "\u{10000}"), ("e\u{301}", "e\u{302}"), ("~", "\u{7F}"),
    ])
    func endOfAPrefixIsTheNextCodePoint(prefix: String, end: String) {
        #expect(KeyRange.end(ofPrefix: prefix) == ObjectKey(end))
    }

    @Test(arguments: ["", "\u{10FFFF}", "\u{10FFFF}\u{10FFFF}"])
    func somePrefixesHaveNoEnd(prefix: String) {
        #expect(KeyRange.end(ofPrefix: prefix) == nil)
        #expect(KeyRange(prefix: prefix, after: nil, upto: nil).upper == .last)
    }

    @Test func everyKeyWithThePrefixLiesBeforeItsEndAndNoOtherDoes() {
        let prefixes = ["1", "1/", "a", "é", "\u{D7FF}", "😀", "x\u{10FFFF}"]
        let endings = ["", "/", "a", "\u{7F}", "é", "\u{10FFFF}", "\u{10FFFF}\u{10FFFF}"]
        for prefix in prefixes {
            let (start, end) = (ObjectKey(prefix), KeyRange.end(ofPrefix: prefix))
            for other in prefixes {
                for ending in endings {
                    let key = ObjectKey(other + ending)
                    let isInside = key >= start && end.map { key < $0 } != false
                    #expect(isInside == key.hasPrefix(prefix), "\(prefix) \(key)")
                }
            }
        }
    }

    @Test func boundsFollowTheSlice() {
        #expect(KeyRange(prefix: "", after: nil, upto: nil) == KeyRange(lower: .first, upper: .last))
        #expect(KeyRange(prefix: "p", after: nil, upto: nil) == KeyRange(lower: .from("p"), upper: .before("q")))
        #expect(KeyRange(prefix: "p", after: "pa", upto: "pz") == KeyRange(lower: .after("pa"), upper: .through("pz")))
        #expect(KeyRange(prefix: "", after: "a", upto: nil) == KeyRange(lower: .after("a"), upper: .last))
    }
}
