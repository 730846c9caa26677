internal import S3

/// Looks for pages about which the scanner and libxml2 do not agree.
///
/// What the scanner accepts the reader has to accept with the same result; pages that nobody damaged the scanner has to
/// accept by itself.
struct ListFuzzer {
    private(set) var executions = 0
    private(set) var accepted = 0
    private(set) var acceptedByReader = 0
    private var generator: PageGenerator
    private var mutator: Mutator
    private var random: SeededGenerator
    private let corpus = Pages.corpus.map { Array($0.utf8) }

    /// The pages that follow from this seed.
    init(seed: UInt64) {
        generator = PageGenerator(random: SeededGenerator(seed: seed))
        mutator = Mutator(random: SeededGenerator(seed: seed &+ 1))
        random = SeededGenerator(seed: seed &+ 2)
    }

    /// Tries the corpus as it is. Gives what is wrong; nil where nothing is.
    mutating func checkCorpus() -> String? {
        for page in corpus {
            if let finding = check(page, isWhole: true) { return finding }
        }
        return nil
    }

    /// Tries one more page. Gives what is wrong; nil where nothing is.
    mutating func step() -> String? {
        let isGenerated = Int.random(in: 0..<4, using: &random) == 0
        let page = isGenerated ? Array(generator.page().utf8) : corpus[Int.random(in: 0..<corpus.count, using: &random)]
        if isGenerated, let finding = check(page, isWhole: true) { return finding }
        let other = corpus[Int.random(in: 0..<corpus.count, using: &random)]
        return check(mutator.mutate(page, with: other), isWhole: false)
    }

    private mutating func check(_ page: [UInt8], isWhole: Bool) -> String? {
        executions += 1
        let scanned = ListPageCheck.scan(page)
        let read = ListPageCheck.read(page)
        if scanned != nil { accepted += 1 }
        if read != nil { acceptedByReader += 1 }
        let shown = String(decoding: page, as: UTF8.self)
        if let scanned, scanned != read {
            return "the scanner accepts, the reader \(read == nil ? "does not" : "gives something else"): \(shown)"
        }
        let parsed = ListPageCheck.parse(page)
        if let read, parsed != read { return "the parser gives something else than the reader: \(shown)" }
        return isWhole && scanned == nil ? "the scanner gives up at a whole page: \(shown)" : nil
    }
}
