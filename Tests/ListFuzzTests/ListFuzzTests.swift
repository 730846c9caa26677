import Testing

@testable import ListFuzz

@Suite(.timeLimit(.minutes(15))) struct ListFuzzTests {
    @Test func wholePagesAreReadByTheScanner() {
        var fuzzer = ListFuzzer(seed: 0)
        #expect(fuzzer.checkCorpus() == nil)
        #expect(fuzzer.accepted == Pages.corpus.count)
    }

    /// About three seconds of it; `ListFuzz --seconds N --seed S` runs for longer.
    @Test(arguments: [UInt64(1), 2, 3]) func scannerAndLibxml2AgreeAboutDamagedPages(_ seed: UInt64) {
        var fuzzer = ListFuzzer(seed: seed)
        var finding: String?
        for _ in 0..<4_000 where finding == nil { finding = fuzzer.step() }
        #expect(finding == nil)
        // Most damage is found by both, and some of it is none.
        #expect(fuzzer.accepted > 1_000 && fuzzer.accepted < fuzzer.acceptedByReader)
        #expect(fuzzer.acceptedByReader < fuzzer.executions)
    }
}
