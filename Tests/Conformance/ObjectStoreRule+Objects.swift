import Core

extension ObjectStoreRule {
    /// What holds for one object.
    static let objects = [
        ObjectStoreRule("what is put is read back byte for byte") { fixture in
            for size in [0, 1, 4095, 65_536, 1_048_577] {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
                let key = fixture.key("size-\(size)")
                try await fixture.store.put(key, bytes)
                let read = try await fixture.store.get(key, limit: size)
                try fixture.require(read == bytes, "\(size) bytes came back as \(read?.count ?? -1) or other ones")
            }
        },
        ObjectStoreRule("a stream gives the object's bytes in order, and its summary") { fixture in
            for size in [0, 1, 100_000, 3_000_001] {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }
                let key = fixture.key("streamed-\(size)")
                let put = try await fixture.store.put(key, bytes)
                let stream = try await fixture.store.open(key)
                try fixture.require(stream?.summary.size == Int64(size), "\(size) bytes are announced otherwise")
                try fixture.require(stream?.summary.etag == put.etag, "another etag is announced")
                var received: [UInt8] = []
                if let chunks = stream?.chunks { for try await chunk in chunks { received += chunk } }
                try fixture.require(received == bytes, "\(size) bytes came back as \(received.count) or other ones")
            }
            let absent = try await fixture.store.open(fixture.key("absent"))
            try fixture.require(absent == nil, "there is a stream of what is not there")
        },
        ObjectStoreRule("bytes whose SHA-256 is given are stored if it is theirs, and changed on their way never") {
            fixture in
            let key = fixture.key("checked")
            // Of "abc", FIPS 180-4.
            let digest = [UInt8](hexadecimal: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
            try await fixture.store.put(key, Array("abc".utf8), PutOptions(sha256: digest))
            try fixture.require(try await fixture.store.get(key, limit: 3) == Array("abc".utf8), "abc was not stored")
            guard fixture.capabilities.contains(.checksums) else { return }
            let code = await fixture.failure {
                try await fixture.store.put(key, Array("abd".utf8), PutOptions(sha256: digest))
            }
            try fixture.require(code == .checksumMismatch, "other bytes gave \(String(describing: code))")
            try fixture.require(try await fixture.store.get(key, limit: 3) == Array("abc".utf8), "abc was replaced")
        },
        ObjectStoreRule("put, head and listing agree on key, size and etag") { fixture in
            let key = fixture.key("agree")
            let put = try await fixture.store.put(key, [1, 2, 3])
            let head = try await fixture.store.head(key)
            let listed = try await fixture.list()
            for seen in [head, listed.first] {
                try fixture.require(seen?.key == key && seen?.size == 3, "wrong: \(String(describing: seen))")
                try fixture.require(seen?.etag == put.etag, "etags \(seen?.etag ?? "none") and \(put.etag)")
                try fixture.require(seen?.storageClass == put.storageClass, "other storage classes")
            }
            let read = try await fixture.store.read(key, limit: 3)
            try fixture.require(read?.summary.etag == put.etag && read?.bytes == [1, 2, 3], "read says otherwise")
            try fixture.require(!put.etag.isEmpty && !put.etag.contains("\""), "etag \(put.etag) is empty or quoted")
        },
        ObjectStoreRule("reading what is not there gives nil") { fixture in
            try await fixture.fill([fixture.key("file"), fixture.key("dir/file")])
            for key in fixture.storable(["absent", "dir", "dir/", "dir/fil", "dir/file/", "file/", "file/below", "fil"])
            {
                let head = try await fixture.store.head(key)
                let bytes = try await fixture.store.get(key, limit: 100)
                try fixture.require(head == nil && bytes == nil, "\(key.quoted) exists")
            }
        },
        ObjectStoreRule("get throws tooLarge instead of more than the limit") { fixture in
            let key = fixture.key("large")
            try await fixture.store.put(key, Array(repeating: 7, count: 100))
            let whole = try await fixture.store.get(key, limit: 100)
            try fixture.require(whole?.count == 100, "the limit itself was refused")
            for limit in [99, 1, 0] {
                let code = await fixture.failure { _ = try await fixture.store.get(key, limit: limit) }
                try fixture.require(code == .tooLarge, "limit \(limit) gave \(String(describing: code))")
            }
        },
        ObjectStoreRule("replacing an object changes its contents and its etag") { fixture in
            let key = fixture.key("replaced")
            var etags: Set<String> = []
            for version in 0..<20 {
                let bytes: [UInt8] = [UInt8(version)]
                etags.insert(try await fixture.store.put(key, bytes).etag)
                let read = try await fixture.store.get(key, limit: 10)
                try fixture.require(read == bytes, "an old version was read")
            }
            try fixture.require(etags.count == 20, "20 contents had \(etags.count) etags")
            try fixture.require(try await fixture.list(), are: [key], "after replacing")
        },
        ObjectStoreRule("a deleted object is gone, and deleting it again succeeds") { fixture in
            let keys = fixture.storable(["gone", "deep/er/gone", "deep/stays"])
            try await fixture.fill(keys)
            for key in keys.prefix(2) {
                for _ in 0..<2 { try await fixture.store.delete(key) }
                let head = try await fixture.store.head(key)
                let bytes = try await fixture.store.get(key, limit: 100)
                try fixture.require(head == nil && bytes == nil, "\(key.quoted) is still there")
            }
            try fixture.require(try await fixture.list(), are: Array(keys.suffix(1)), "after deleting")
            try await fixture.store.delete(fixture.key("never/was/there"))
        },
        ObjectStoreRule("a cancelled task's calls end with CancellationError and change nothing") { fixture in
            let key = fixture.key("kept")
            try await fixture.fill([key])
            let calls: [@Sendable () async throws -> Void] = [
                { _ = try await fixture.store.list(ListingRequest(prefix: fixture.namespace)) },
                { _ = try await fixture.store.head(key) },
                { _ = try await fixture.store.get(key, limit: 100) },
                { _ = try await fixture.store.open(key) },
                { _ = try await fixture.store.presignedURL(of: key, lifetime: 600) },
                { try await fixture.store.put(fixture.key("new"), [1]) },
                { try await fixture.store.delete(key) },
            ]
            for (index, call) in calls.enumerated() {
                let isCancelled = await withTaskGroup(of: Bool.self) { group in
                    group.cancelAll()
                    group.addTask {
                        do { try await call() } catch { return error is CancellationError }
                        return false
                    }
                    return await group.next() ?? false
                }
                try fixture.require(isCancelled, "call \(index) went on")
            }
            try fixture.require(try await fixture.list(), are: [key], "after cancelled calls")
        },
    ]
}

extension StoreFixture {
    /// The code of the `StoreError` that the call throws; nil if it throws none.
    func failure(of call: () async throws -> Void) async -> StoreError.Code? {
        do { try await call() } catch { return (error as? StoreError)?.code }
        return nil
    }
}
