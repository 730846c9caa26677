/// Which files may be removed where several rows may lead to one: not before each of these rows has an object with the file's bytes.
///
/// First the files of all rows are noted, then those of rows with objects are decided. It holds 16 bytes for each file.
public struct FileClaims: Sendable {
    /// What is to be done with a file whose bytes are those of a row's object.
    public enum Verdict: Hashable, Sendable {
        /// No row needs it any more.
        case remove
        /// Other rows that lead to it are not decided yet.
        case wait
        /// Another row needs it.
        case keep
    }

    private struct Share {
        var undecided: Int
        var waiting = 0
        var isNeeded = false
    }

    /// Files of rows with objects; in order once all are noted.
    private var noted: [FileIdentity] = []
    private var needed: Set<FileIdentity> = []
    private var shares: [FileIdentity: Share] = [:]

    /// No files yet.
    public init() {}

    /// A row leads to the file. `isNeeded`: the row has no object, so that nothing may stand for the file.
    public mutating func note(_ file: FileIdentity, isNeeded: Bool) {
        if isNeeded { needed.insert(file) } else { noted.append(file) }
    }

    /// All rows were noted.
    public mutating func endNotes() {
        noted.sort()
        for (file, next) in zip(noted, noted.dropFirst()) where file == next {
            shares[file, default: Share(undecided: 1)].undecided += 1
        }
    }

    /// Whether the file stays, whatever the bucket has: a row without an object leads to it, or it was not there when files were
    /// noted.
    public func isKept(_ file: FileIdentity) -> Bool { needed.contains(file) || !isNoted(file) }

    /// A row's object has the bytes of the file.
    public mutating func prove(_ file: FileIdentity) -> Verdict {
        guard !isKept(file) else { return .keep }
        guard var share = shares[file] else { return .remove }
        share.undecided -= 1
        defer { shares[file] = share }
        if share.isNeeded { return .keep }
        guard share.undecided > 0 else { return .remove }
        share.waiting += 1
        return .wait
    }

    /// The file is gone.
    public mutating func remove(_ file: FileIdentity) { shares[file]?.waiting = 0 }

    /// A row that leads to the file has no object with its bytes, as far as anybody knows.
    public mutating func refute(_ file: FileIdentity) {
        shares[file]?.undecided -= 1
        shares[file]?.isNeeded = true
    }

    /// How many rows were told to wait whose files are still there, because another row was refuted, or never decided.
    public var waiting: Int { shares.values.reduce(0) { $0 + $1.waiting } }

    private func isNoted(_ file: FileIdentity) -> Bool {
        var low = 0
        var high = noted.count
        while low < high {
            let middle = (low + high) / 2
            if noted[middle] < file { low = middle + 1 } else { high = middle }
        }
        return low < noted.count && noted[low] == file
    }
}
