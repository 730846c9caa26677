import Core
import Synchronization

extension ObjectStoreRule {
    /// What holds for objects that come from a source, in parts where the store has them.
    static let uploads = [
        ObjectStoreRule("what a source gives is stored byte for byte, whatever its size") { fixture in
            for size in [0, 1, 1_048_576, 5_300_000, 40 << 20] as [Int64] {
                let source = TestSource(size: size, seed: UInt64(size))
                let key = fixture.key("source-\(size)")
                let put = try await fixture.store.put(key, from: source)
                try fixture.require(put.size == size, "\(size) bytes were put as \(put.size)")
                try await fixture.requireObject(key, is: source)
                let head = try await fixture.store.head(key)
                try fixture.require(head?.etag == put.etag, "etags \(put.etag) and \(head?.etag ?? "none")")
            }
            try fixture.require(try await fixture.pending().isEmpty, "uploads are left over")
        },
        ObjectStoreRule("bytes from a source whose SHA-256 is given are stored if it is theirs") { fixture in
            let key = fixture.key("checked")
            // Of "abc", FIPS 180-4.
            let digest = [UInt8](hexadecimal: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
            let options = PutOptions(sha256: digest)
            try await fixture.store.put(key, from: BytesSource(Array("abc".utf8)), options)
            try fixture.require(try await fixture.store.get(key, limit: 3) == Array("abc".utf8), "abc was not stored")
            guard fixture.capabilities.contains(.checksums) else { return }
            for size in [3, 6 << 20] as [Int64] {
                let code = await fixture.failure {
                    try await fixture.store.put(key, from: TestSource(size: size), options, .small)
                }
                try fixture.require(code == .checksumMismatch, "\(size) other bytes gave \(String(describing: code))")
            }
            try fixture.require(try await fixture.store.get(key, limit: 3) == Array("abc".utf8), "abc was replaced")
            try fixture.require(try await fixture.pending().isEmpty, "uploads are left over")
        },
        ObjectStoreRule("an upload that was broken off goes on, and sends no part again") { fixture in
            let size: Int64 = 18 << 20
            let key = fixture.key("broken/off")
            let saved = Mutex<MultipartCheckpoint?>(nil)
            var transfer = TransferOptions.small
            transfer.partsInFlight = 1
            transfer.save = { checkpoint in saved.withLock { $0 = checkpoint } }
            let broken = TestSource(size: size) { _ in
                if saved.withLock({ $0?.parts.count ?? 0 }) == 2 { throw TestSource.Broken() }
            }
            do {
                try await fixture.store.put(key, from: broken, PutOptions(), transfer)
                // A store without parts never breaks off here.
                try fixture.require(saved.withLock { $0 == nil }, "a source that threw was stored")
            } catch is TestSource.Broken {
                try fixture.require(try await fixture.store.head(key) == nil, "a part of an object is there")
                try fixture.require(try await fixture.pending().count == 1, "nothing to go on with")
            }
            transfer.resume = saved.withLock(\.self)
            let source = TestSource(size: size)
            let put = try await fixture.store.put(key, from: source, PutOptions(), transfer)
            try await fixture.requireObject(key, is: source)
            if transfer.resume != nil {
                // All is read for its digests, and then what was missing.
                try fixture.require(source.bytesRead == size + (8 << 20), "\(source.bytesRead) bytes were read")
                // Whoever did not hear that it was done goes on once more.
                let done = saved.withLock(\.self)
                transfer.resume = done
                let again = try await fixture.store.put(key, from: source, PutOptions(), transfer)
                try fixture.require(again.etag == put.etag, "it is another object now")
                try fixture.require(saved.withLock { $0?.uploadID } == done?.uploadID, "all was sent again")
            }
            try fixture.require(try await fixture.pending().isEmpty, "uploads are left over")
        },
        ObjectStoreRule("it is told before an upload in parts begins, and before the object is made of the parts") {
            fixture in
            let key = fixture.key("told")
            let told = Mutex<[String]>([])
            var transfer = TransferOptions.small
            transfer.partsInFlight = 1
            transfer.begin = {
                let pending = try await fixture.pending().count
                told.withLock { $0.append("begins with \(pending)") }
            }
            transfer.save = { checkpoint in
                let head = try await checkpoint.isCompleting ? fixture.store.head(key) : nil
                told.withLock {
                    $0.append(checkpoint.isCompleting ? "completes, \(head == nil)" : "\(checkpoint.parts.count) parts")
                }
            }
            try await fixture.store.put(key, from: TestSource(size: 11 << 20), PutOptions(), transfer)
            let parts = ["begins with 0", "0 parts", "1 parts", "2 parts", "3 parts", "completes, true"]
            let seen = told.withLock(\.self)
            try fixture.require(seen.isEmpty || seen == parts, "\(seen)")
        },
        ObjectStoreRule("an upload is not gone on with by other bytes, nor by what the store does not know") {
            fixture in
            let size: Int64 = 11 << 20
            let key = fixture.key("other")
            let saved = Mutex<MultipartCheckpoint?>(nil)
            var transfer = TransferOptions.small
            transfer.partsInFlight = 1
            transfer.save = { checkpoint in
                saved.withLock { $0 = checkpoint }
                if checkpoint.parts.count == 1 { throw TestSource.Broken() }
            }
            do {
                try await fixture.store.put(key, from: TestSource(size: size, seed: 1), PutOptions(), transfer)
            } catch is TestSource.Broken {}
            let first = saved.withLock(\.self)
            transfer.save = { checkpoint in saved.withLock { $0 = checkpoint } }
            for seed in [2, 3] as [UInt64] {
                transfer.resume = first
                let source = TestSource(size: size, seed: seed)
                try await fixture.store.put(key, from: source, PutOptions(), transfer)
                try await fixture.requireObject(key, is: source)
                try fixture.require(try await fixture.pending().isEmpty, "uploads are left over")
            }
        },
        ObjectStoreRule("an upload that fails leaves nothing where nobody will go on with it") { fixture in
            let key = fixture.key("failed")
            for size in [3 << 20, 17 << 20] as [Int64] {
                // Stores that read twice, first for the digests, fail while they send.
                let ends = Mutex(0)
                let source = TestSource(size: size) { range in
                    let isSecond = ends.withLock { ends in
                        if range.upperBound == size { ends += 1 }
                        return ends > 1
                    }
                    if isSecond { throw TestSource.Broken() }
                }
                var isBroken = false
                do {
                    try await fixture.store.put(key, from: source, PutOptions(), .small)
                } catch is TestSource.Broken {
                    isBroken = true
                }
                let head = try await fixture.store.head(key)
                try fixture.require(isBroken == (head == nil), "a failed upload is there, or a whole one is not")
                try fixture.require(try await fixture.pending().isEmpty, "uploads are left over")
                try await fixture.store.delete(key)
            }
        },
        ObjectStoreRule("uploads that were left can be found and aborted, by prefix and age") { fixture in
            var transfer = TransferOptions.small
            transfer.save = { _ in throw TestSource.Broken() }
            let names = ["left/1", "left/2", "left over"]
            for name in names {
                let source = TestSource(size: 6 << 20)
                do {
                    try await fixture.store.put(fixture.key(name), from: source, PutOptions(), transfer)
                } catch is TestSource.Broken {}
            }
            let all = try await fixture.pending()
            guard !all.isEmpty else { return }
            try fixture.require(
                Set(all.map(\.key)) == Set(names.map(fixture.key)), "others are pending: \(all.map(\.key.quoted))")
            let first = try await fixture.store.pendingUploads(prefix: fixture.namespace, after: nil, limit: 1)
            let rest = try await fixture.store.pendingUploads(prefix: fixture.namespace, after: first.last, limit: 9)
            try fixture.require(first + rest == all, "pages are not the whole")
            let prefix = fixture.namespace + "left/"
            let early = all[0].startedAt.advanced(bySeconds: -3_600)
            let late = all[0].startedAt.advanced(bySeconds: 3_600)
            let none = try await fixture.store.abortUploads(prefix: prefix, startedBefore: early)
            let two = try await fixture.store.abortUploads(prefix: prefix, startedBefore: late)
            try fixture.require(none == 0 && two == 2, "\(none) and \(two) were aborted")
            try fixture.require(try await fixture.pending().map(\.key) == [fixture.key("left over")], "others are gone")
            for upload in all { try await fixture.store.abortUpload(upload.id, of: upload.key) }
            try fixture.require(try await fixture.pending().isEmpty, "uploads are left over")
        },
    ]
}

extension TransferOptions {
    /// Parts of 5 MiB, the least that servers take.
    static var small: TransferOptions {
        var transfer = TransferOptions()
        transfer.threshold = 5 << 20
        transfer.partSize = 5 << 20
        return transfer
    }
}

extension StoreFixture {
    /// What is neither completed nor aborted.
    func pending() async throws -> [PendingUpload] {
        try await store.pendingUploads(prefix: namespace, after: nil, limit: 1_000)
    }

    /// Throws a violation unless the object's bytes are the source's.
    func requireObject(_ key: ObjectKey, is source: TestSource) async throws {
        guard let stream = try await store.open(key) else { throw ConformanceViolation("\(key.quoted) is not there") }
        var end: Int64 = 0
        for try await chunk in stream.chunks {
            let range = end..<end + Int64(chunk.count)
            try require(range.upperBound <= source.size, "\(key.quoted) is larger than its source")
            try require(chunk == source.bytes(range), "\(key.quoted) has other bytes in \(range)")
            end = range.upperBound
        }
        try require(end == source.size, "\(key.quoted) has \(end) bytes, not \(source.size)")
    }
}
