import Testing

@testable import ImageFuzz

@Suite(.timeLimit(.minutes(15))) struct ImageFuzzTests {
    /// A few seconds of it; `ImageFuzz --seconds N --seed S` runs for longer.
    @Test(arguments: [UInt64(1), 2, 3]) func damagedFilesAreInspectedWithinTheirEnds(_ seed: UInt64) {
        var fuzzer = ImageFuzzer(seed: seed)
        var finding = fuzzer.checkCorpus()
        for _ in 0..<3_000 where finding == nil { finding = fuzzer.step() }
        #expect(finding == nil)
        // Some damage is none, and most is found.
        #expect(fuzzer.accepted > 200 && fuzzer.accepted < fuzzer.executions)
    }
}
