/// Which rows of an archive job are worked on at once, and when batches end: in their order, whatever row is ready first.
///
/// It does nothing itself: `next()` gives what is to be done, several things at once, and is told what became of each. So the files
/// of a batch are on their way while the one before is being written down.
public struct ArchiveWindow: Sendable {
    /// Something to do.
    public enum Step: Hashable, Sendable {
        /// Write a batch down. Only one at a time.
        case record(ArchiveBatch)
        /// Ask for the rows behind a place, so many at most. Only one at a time.
        case fetch(after: ArchivePlace?, limit: Int)
        /// Look for the file of a row, and archive it.
        case look(ArchiveLook)
        /// See which files directories have, by stems.
        case list(batch: Int, stems: [String: Set<String>])
    }

    private let batchSize: Int
    private let rowsAtOnce: Int
    private let pageSize: Int
    private let root: String?
    /// Rows that were not asked for yet.
    private var unfetched: Int
    private var isFetching = false
    private var lastFetched: ArchivePlace?
    /// Rows that are in no batch yet.
    private var rows: ArraySlice<ArchiveRow> = []
    /// Batches under way, the oldest first.
    private var batches: [OpenBatch] = []
    /// The number of the first of them.
    private var firstBatch = 0
    /// Rows of theirs that nobody looks for yet.
    private var waiting: ArraySlice<ArchiveLook> = []
    private var looking = 0
    private var unlisted: [Int] = []
    private var isRecording = false
    /// The batch that cannot be ended, and so the first with which nothing is done.
    private var blocked: Int?

    /// Of at most `total` rows behind a place, in batches of `batchSize`: `rowsAtOnce` files are looked for at a time, and about `pageSize` rows
    /// are held that nobody looks for yet. `root` is the directory of files that are named by their MD5.
    public init(
        total: Int, after last: ArchivePlace?, batchSize: Int, rowsAtOnce: Int, pageSize: Int, root: String?
    ) {
        unfetched = max(0, total)
        lastFetched = last
        self.batchSize = max(1, batchSize)
        self.rowsAtOnce = max(1, rowsAtOnce)
        self.pageSize = max(1, pageSize)
        self.root = root
    }

    /// What is to be done beside what is being done; nil where that has to end first, or everything is done.
    public mutating func next() -> Step? {
        if !isRecording, let first = batches.first, first.isReady {
            isRecording = true
            return .record(ArchiveBatch(number: firstBatch, rows: first.rows, outcomes: outcomes(of: first)))
        }
        if blocked == nil, !isFetching, unfetched > 0, rows.count < max(batchSize, pageSize / 2) {
            isFetching = true
            return .fetch(after: lastFetched, limit: min(max(batchSize, pageSize), unfetched))
        }
        if !unlisted.isEmpty {
            let number = unlisted.removeFirst()
            return .list(batch: number, stems: batches[number - firstBatch].stems)
        }
        guard looking < rowsAtOnce else { return nil }
        if blocked == nil, waiting.isEmpty { openBatch() }
        guard let look = waiting.popFirst() else { return nil }
        looking += 1
        return .look(look)
    }

    /// The rows that were asked for have come; none where nothing follows.
    public mutating func fetched(_ found: [ArchiveRow]) {
        isFetching = false
        rows += found
        lastFetched = found.last?.place ?? lastFetched
        unfetched = found.isEmpty ? 0 : max(0, unfetched - found.count)
    }

    /// What became of a row; nil: there is no file at these paths.
    public mutating func looked(_ look: ArchiveLook, _ outcome: ArchiveOutcome?) {
        looking -= 1
        let place = look.batch - firstBatch
        guard batches.indices.contains(place) else { return }
        batches[place].looked(look.index, outcome)
        if batches[place].needsListing, look.batch < blocked ?? .max {
            batches[place].isListing = true
            unlisted.append(look.batch)
        }
    }

    /// A row could neither be archived nor told to have failed: only the batches before its own are still brought to their end.
    public mutating func blocked(_ look: ArchiveLook) {
        looking -= 1
        let end = min(look.batch, blocked ?? .max)
        blocked = end
        waiting = waiting.filter { $0.batch < end }[...]
        unlisted.removeAll { $0 >= end }
    }

    /// The names that a batch's directories have, by directory and stem.
    public mutating func listed(batch number: Int, _ names: [String: [String: [String]]]) {
        let place = number - firstBatch
        guard batches.indices.contains(place) else { return }
        let late = batches[place].listed(names, batch: number)
        if number < blocked ?? .max { waiting = late + waiting }
    }

    /// The batch that was to be written down is.
    public mutating func recorded() {
        isRecording = false
        guard !batches.isEmpty else { return }
        batches.removeFirst()
        firstBatch += 1
    }

    /// How many batches are under way at most: enough that files are on their way while one ends.
    private var batchLimit: Int { max(3, 4 * rowsAtOnce / batchSize) }

    private mutating func openBatch() {
        guard batches.count < batchLimit, !rows.isEmpty, rows.count >= batchSize || (unfetched == 0 && !isFetching)
        else { return }
        let batch = OpenBatch(Array(rows.prefix(batchSize)), root: root)
        rows = rows.dropFirst(batchSize)
        let number = firstBatch + batches.count
        batches.append(batch)
        waiting += batch.rows.indices.map {
            ArchiveLook(batch: number, index: $0, row: batch.rows[$0], paths: batch.searches[$0].paths)
        }
    }

    private func outcomes(of batch: OpenBatch) -> [ArchiveOutcome] {
        zip(batch.rows, batch.outcomes).map { row, outcome in
            outcome ?? .missing(ArchiveProblem(withoutFile: row, root: root))
        }
    }
}

/// A row whose file is to be archived.
public struct ArchiveLook: Hashable, Sendable {
    /// The number of its batch.
    public let batch: Int
    /// Which one it is of these.
    public let index: Int
    /// The row.
    public let row: ArchiveRow
    /// Where its file may be, in this order.
    public let paths: [String]
}

/// Rows that are written down together.
public struct ArchiveBatch: Hashable, Sendable {
    /// The first is 0.
    public let number: Int
    /// The rows.
    public let rows: [ArchiveRow]
    /// What became of each.
    public var outcomes: [ArchiveOutcome]
}

/// A batch whose rows are worked on.
private struct OpenBatch {
    let rows: [ArchiveRow]
    let searches: [FileSearch]
    var outcomes: [ArchiveOutcome?]
    var isListing = false
    private var pending: Int
    private var isListed = false

    init(_ rows: [ArchiveRow], root: String?) {
        self.rows = rows
        searches = rows.map { FileSearch($0, root: root) }
        outcomes = Array(repeating: nil, count: rows.count)
        pending = rows.count
    }

    /// Whether nothing is to be done but to write it down.
    var isReady: Bool { pending == 0 && !isListing && !needsListing }

    /// Whether directories may have what the rows' paths do not name.
    var needsListing: Bool {
        pending == 0 && !isListing && !isListed
            && rows.indices.contains { outcomes[$0] == nil && searches[$0].stem != nil }
    }

    /// By directory: the stems of files that are missing. Each directory is read once for all of them.
    var stems: [String: Set<String>] {
        var stems: [String: Set<String>] = [:]
        for index in rows.indices where outcomes[index] == nil {
            guard let stem = searches[index].stem else { continue }
            for directory in searches[index].directories { stems[directory, default: []].insert(stem) }
        }
        return stems
    }

    mutating func looked(_ index: Int, _ outcome: ArchiveOutcome?) {
        pending -= 1
        outcomes[index] = outcome
    }

    /// Gives the rows to look for once more.
    mutating func listed(_ names: [String: [String: [String]]], batch number: Int) -> [ArchiveLook] {
        isListing = false
        isListed = true
        let late = rows.indices.compactMap { index -> ArchiveLook? in
            guard outcomes[index] == nil, let stem = searches[index].stem else { return nil }
            let paths = searches[index].directories.flatMap { directory in
                (names[directory]?[stem] ?? []).map { directory + "/" + $0 }
            }
            return paths.isEmpty ? nil : ArchiveLook(batch: number, index: index, row: rows[index], paths: paths)
        }
        pending += late.count
        return late
    }
}
