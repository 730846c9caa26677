import Core
import TestSupport
import Testing

@Suite struct ArchiveWindowTests {
    private static let stored = "d41d8cd98f00b204e9800998ecf8427e"

    private static func row(_ number: Int, md5: String? = nil) -> ArchiveRow {
        ArchiveRow(id: "r\(number)", key: "k", path: "\(number).png", md5: md5, mediaType: "image/png")
    }

    private static func window(
        total: Int, batchSize: Int = 2, rowsAtOnce: Int = 4, pageSize: Int = 10, root: String? = nil
    ) -> ArchiveWindow {
        ArchiveWindow(
            total: total, after: nil, batchSize: batchSize, rowsAtOnce: rowsAtOnce, pageSize: pageSize, root: root)
    }

    private static func outcome(_ look: ArchiveLook) -> ArchiveOutcome {
        .previewed(ArchivePreview(row: look.row.id, path: look.paths.first ?? "", filename: "f"))
    }

    /// All that may begin now.
    private static func steps(_ window: inout ArchiveWindow) -> [ArchiveWindow.Step] {
        var steps: [ArchiveWindow.Step] = []
        while let step = window.next() { steps.append(step) }
        return steps
    }

    private static func looks(_ steps: [ArchiveWindow.Step]) -> [ArchiveLook] {
        steps.compactMap { if case .look(let look) = $0 { look } else { nil } }
    }

    private static func batches(_ steps: [ArchiveWindow.Step]) -> [ArchiveBatch] {
        steps.compactMap { if case .record(let batch) = $0 { batch } else { nil } }
    }

    @Test func filesOfTheNextBatchAreOnTheirWayWhileOneIsRecorded() {
        var window = Self.window(total: 6)
        #expect(Self.steps(&window) == [.fetch(after: nil, limit: 6)])
        window.fetched((0..<6).map { Self.row($0) })
        let first = Self.looks(Self.steps(&window))
        #expect(first.map(\.row.id) == ["r0", "r1", "r2", "r3"])
        for look in first.prefix(2) { window.looked(look, Self.outcome(look)) }
        let next = Self.steps(&window)
        #expect(Self.batches(next).map { $0.rows.map(\.id) } == [["r0", "r1"]])
        #expect(Self.looks(next).map(\.row.id) == ["r4", "r5"])
    }

    @Test func batchesEndInTheirOrderOneAtATime() {
        var window = Self.window(total: 6, rowsAtOnce: 6)
        _ = Self.steps(&window)
        window.fetched((0..<6).map { Self.row($0) })
        let looks = Self.looks(Self.steps(&window))
        for look in looks.suffix(4) { window.looked(look, Self.outcome(look)) }
        #expect(Self.steps(&window).isEmpty)
        for look in looks.prefix(2) { window.looked(look, Self.outcome(look)) }
        for expected in [["r0", "r1"], ["r2", "r3"], ["r4", "r5"]] {
            let batches = Self.batches(Self.steps(&window))
            #expect(batches.map { $0.rows.map(\.id) } == [expected])
            #expect(Self.steps(&window).isEmpty)
            window.recorded()
        }
        #expect(Self.steps(&window).isEmpty)
    }

    @Test func directoriesAreReadOnceForABatchAndFoundFilesAreLookedForAgain() {
        let other = String(repeating: "a", count: 32)
        var window = Self.window(total: 3, batchSize: 3, root: "media")
        _ = Self.steps(&window)
        window.fetched([Self.row(0, md5: Self.stored), Self.row(1, md5: other), Self.row(2)])
        for look in Self.looks(Self.steps(&window)) { window.looked(look, nil) }
        #expect(Self.steps(&window) == [.list(batch: 0, stems: ["media/images": [Self.stored, other]])])
        window.listed(batch: 0, ["media/images": [Self.stored: [Self.stored + ".jpg"]]])
        let late = Self.looks(Self.steps(&window))
        #expect(late.map(\.row.id) == ["r0"])
        #expect(late.map(\.paths) == [["media/images/\(Self.stored).jpg"]])
        for look in late { window.looked(look, Self.outcome(look)) }
        let batch = Self.batches(Self.steps(&window)).first
        #expect(batch?.outcomes.first == late.first.map(Self.outcome))
        #expect(
            batch?.outcomes.count {
                if case .missing(let problem) = $0 { problem.code == "file_not_found" } else { false }
            } == 2)
    }

    @Test func batchesBeforeOneThatIsBlockedAreBroughtToTheirEnd() {
        var window = Self.window(total: 8, batchSize: 2, rowsAtOnce: 4, root: "media")
        _ = Self.steps(&window)
        window.fetched((0..<8).map { Self.row($0, md5: Self.stored) })
        let looks = Self.looks(Self.steps(&window))
        window.blocked(looks[2])
        window.looked(looks[3], Self.outcome(looks[3]))
        #expect(Self.steps(&window).isEmpty)
        window.looked(looks[0], Self.outcome(looks[0]))
        window.looked(looks[1], nil)
        #expect(Self.steps(&window) == [.list(batch: 0, stems: ["media/images": [Self.stored]])])
        window.listed(batch: 0, ["media/images": [Self.stored: ["x.jpg"]]])
        for look in Self.looks(Self.steps(&window)) { window.looked(look, nil) }
        #expect(Self.batches(Self.steps(&window)).map { $0.rows.map(\.id) } == [["r0", "r1"]])
        window.recorded()
        #expect(window.next() == nil)
    }

    @Test func noRowsAreNothingToDo() {
        var none = Self.window(total: 0)
        #expect(none.next() == nil)
        var gone = Self.window(total: 5)
        #expect(gone.next() == .fetch(after: nil, limit: 5))
        gone.fetched([])
        #expect(gone.next() == nil)
    }

    /// Whatever ends first: each row is recorded once and in order, and no more is under way than is allowed.
    @Test(arguments: 0..<40) func everyRowIsRecordedOnceInOrder(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let total = Int.random(in: 1...300, using: &random)
        let batchSize = Int.random(in: 1...40, using: &random)
        let atOnce = Int.random(in: 1...20, using: &random)
        let page = Int.random(in: 1...100, using: &random)
        var window = Self.window(
            total: total, batchSize: batchSize, rowsAtOnce: atOnce, pageSize: page, root: "media")
        var running: [ArchiveWindow.Step] = []
        var recorded: [String] = []
        var fetched = 0
        while true {
            running += Self.steps(&window)
            guard !running.isEmpty else { break }
            #expect(Self.looks(running).count <= atOnce)
            #expect(Self.batches(running).count <= 1)
            #expect(fetched - recorded.count <= 2 * max(batchSize, page) + max(3, 4 * atOnce / batchSize) * batchSize)
            switch running.remove(at: Int.random(in: running.indices, using: &random)) {
            case .fetch(let last, let limit):
                #expect(last?.id == (fetched == 0 ? nil : "r\(fetched - 1)"))
                let rows = (fetched..<min(total, fetched + limit)).map {
                    Self.row($0, md5: $0.isMultiple(of: 7) ? Self.stored : nil)
                }
                fetched += rows.count
                window.fetched(rows)
            case .look(let look):
                window.looked(look, Bool.random(using: &random) ? Self.outcome(look) : nil)
            case .list(let batch, let stems):
                window.listed(batch: batch, stems.mapValues { _ in [Self.stored: ["\(Self.stored).jpg"]] })
            case .record(let batch):
                #expect(batch.rows.count == min(batchSize, total - recorded.count))
                #expect(batch.outcomes.count == batch.rows.count)
                recorded += batch.rows.map(\.id)
                window.recorded()
            }
        }
        #expect(recorded == (0..<total).map { "r\($0)" })
    }
}
