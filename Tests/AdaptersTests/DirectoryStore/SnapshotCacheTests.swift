import Glibc
import Testing

@testable import Adapters

@Suite("The cache of directory snapshots", .timeLimit(.minutes(15)))
struct SnapshotCacheTests {
    private let scratch: ScratchDirectory
    private let root: DirectoryHandle

    init() throws {
        scratch = try ScratchDirectory()
        for directory in 0..<10 {
            for file in 0..<20 { try scratch.write("\(directory)/\(file)") }
        }
        root = try DirectoryHandle.open(root: scratch.path)
    }

    /// Reads the directory until it has been unchanged for long enough to be kept.
    private func settle(_ directory: DirectoryHandle) throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while try !DirectorySnapshot(reading: directory).isSettled {
            try #require(ContinuousClock.now < deadline)
        }
    }

    @Test("gives the same snapshot for an unchanged directory and a new one after a change")
    func validity() throws {
        let cache = SnapshotCache(limit: 1000)
        let directory = try #require(try root.directory("3"))
        try settle(directory)
        let first = try cache.snapshot(of: directory, lock: TreeLock(root: root))
        let second = try cache.snapshot(of: directory, lock: TreeLock(root: root))
        #expect(first === second)
        try scratch.write("3/new")
        let third = try cache.snapshot(of: directory, lock: TreeLock(root: root))
        #expect(third !== first && third.count == 21)
    }

    @Test("does not keep a directory that was changed just now")
    func young() throws {
        let cache = SnapshotCache(limit: 1000)
        let directory = try #require(try root.directory("3"))
        // On a machine that is very slow the directory may have settled; not every time.
        let isKept = try (0..<100).allSatisfy { index in
            try scratch.write("3/new-\(index)")
            _ = try cache.snapshot(of: directory, lock: TreeLock(root: root))
            return cache.count > 0
        }
        #expect(!isKept)
    }

    @Test(
        "trusts times that are 50 ms old, or 2.5 s where only whole seconds are kept",
        arguments: [(5, 49, false), (5, 56, true), (0, 2_499, false), (0, 2_501, true)])
    func settled(nanoseconds: Int, millisecondsLater: Int64, isSettled: Bool) {
        var status = stat()
        status.st_mtim = timespec(tv_sec: 1_000, tv_nsec: nanoseconds)
        status.st_ctim = status.st_mtim
        let now = 1_000_000_000_000 + millisecondsLater * 1_000_000
        #expect(FileStatus(status).isSettled(at: now) == isSettled)
    }

    @Test("never holds more names than its limit", arguments: [0, 10, 100, 150])
    func bound(limit: Int) throws {
        let cache = SnapshotCache(limit: limit)
        for name in 0..<10 {
            let directory = try #require(try root.directory("\(name)"))
            try settle(directory)
            for _ in 0..<3 { _ = try cache.snapshot(of: directory, lock: TreeLock(root: root)) }
            #expect(cache.count <= limit)
        }
        #expect((cache.count > 0) == (limit >= 100))
    }
}
