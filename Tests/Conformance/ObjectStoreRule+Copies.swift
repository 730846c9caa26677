import Core

extension ObjectStoreRule {
    /// What holds for copies, and for puts that replace nothing.
    static let copies = [
        ObjectStoreRule("a copy has the same bytes, replaces what was there, and leaves the object") { fixture in
            let key = fixture.key("original +%?&.jpg")
            for (name, size) in [("copy", 0), ("copy", 70_000), ("a/b ü/copy", 3)] {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 11 &+ $0 >> 8) }
                try await fixture.store.put(key, bytes)
                let copy = try await fixture.store.copy(key, to: fixture.key(name))
                let read = try await fixture.store.read(fixture.key(name), limit: size)
                try fixture.require(read?.bytes == bytes, "the copy has other bytes")
                try fixture.require(
                    copy.key == fixture.key(name) && copy.size == Int64(size) && copy.etag == read?.summary.etag,
                    "the copy is announced otherwise")
                try fixture.require(try await fixture.store.get(key, limit: size) == bytes, "the object has changed")
            }
        },
        ObjectStoreRule("odd keys can be copied, and copied to") { fixture in
            let target = fixture.key("target")
            for key in fixture.oddKeys where key.length < 1_000 {
                try await fixture.store.put(key, Array(key.string.utf8))
                try await fixture.store.copy(key, to: target)
                try fixture.require(
                    try await fixture.store.get(target, limit: 2_048) == Array(key.string.utf8),
                    "\(key.quoted) was not copied")
                try await fixture.store.delete(key)
                try await fixture.store.copy(target, to: key)
                try fixture.require(
                    try await fixture.store.get(key, limit: 2_048) == Array(key.string.utf8),
                    "\(key.quoted) was not copied to")
                try await fixture.store.delete(key)
            }
        },
        ObjectStoreRule("a large object is copied in parts, and nothing is left over") { fixture in
            let source = TestSource(size: 17 << 20, seed: 5)
            let key = fixture.key("large")
            try await fixture.store.put(key, from: source)
            var options = CopyOptions()
            options.threshold = 5 << 20
            options.partSize = 6 << 20
            let target = fixture.key("large copy")
            let copy = try await fixture.store.copy(key, to: target, options)
            try await fixture.requireObject(target, is: source)
            try fixture.require(try await fixture.store.head(target)?.etag == copy.etag, "another etag is announced")
            try fixture.require(try await fixture.pending().isEmpty, "uploads are left over")
        },
        ObjectStoreRule("what is not there, or was replaced, is not copied") { fixture in
            let key = fixture.key("a")
            let target = fixture.key("b")
            let missing = await fixture.failure { try await fixture.store.copy(key, to: target) }
            try fixture.require(missing == .noSuchKey, "a missing object gave \(String(describing: missing))")
            let etag = try await fixture.store.put(key, [1]).etag
            try await fixture.store.put(key, [2])
            var options = CopyOptions()
            options.etag = etag
            let asked = options
            let replaced = await fixture.failure { try await fixture.store.copy(key, to: target, asked) }
            try fixture.require(replaced == .preconditionFailed, "a replaced one gave \(String(describing: replaced))")
            try fixture.require(try await fixture.list(), are: [key], "after refused copies")
            options.etag = try await fixture.store.head(key)?.etag
            try await fixture.store.copy(key, to: target, options)
            let same = try await fixture.store.copy(target, to: target)
            try fixture.require(same.size == 1, "an object is no copy of itself")
            try fixture.require(try await fixture.list(), are: [key, target], "after copies")
        },
        ObjectStoreRule("a put or copy that is to replace nothing does not, however large it is") { fixture in
            let key = fixture.key("d/taken")
            let options = PutOptions.replacingNothing
            try await fixture.store.put(key, [1], options)
            try await fixture.store.put(fixture.key("other"), [9])
            var copy = CopyOptions()
            copy.ifAbsent = true
            let asked = copy
            let codes = [
                await fixture.failure { try await fixture.store.put(key, [2], options) },
                await fixture.failure { try await fixture.store.put(key, from: BytesSource([2]), options) },
                await fixture.failure {
                    try await fixture.store.put(key, from: TestSource(size: 6 << 20), options, .small)
                },
                await fixture.failure { try await fixture.store.copy(fixture.key("other"), to: key, asked) },
            ]
            try fixture.require(codes.allSatisfy { $0 == .alreadyExists }, "\(codes)")
            try fixture.require(try await fixture.store.get(key, limit: 1) == [1], "it was replaced")
            try await fixture.store.delete(key)
            let source = TestSource(size: 6 << 20)
            try await fixture.store.put(key, from: source, options, .small)
            try await fixture.requireObject(key, is: source)
            try await fixture.store.copy(fixture.key("other"), to: fixture.key("free"), asked)
            try fixture.require(try await fixture.pending().isEmpty, "uploads are left over")
        },
        ObjectStoreRule("of many puts at once that are to replace nothing one succeeds, where the store can tell") {
            fixture in
            guard fixture.store.checksAbsence else { return }
            for round in 0..<10 {
                let key = fixture.key("race/\(round)")
                let winners = try await withThrowingTaskGroup(of: UInt8?.self) { group in
                    for writer in 0..<8 as Range<UInt8> {
                        group.addTask {
                            do {
                                try await fixture.store.put(key, [writer], PutOptions.replacingNothing)
                                return writer
                            } catch let error as StoreError where error.code == .alreadyExists {
                                return nil
                            }
                        }
                    }
                    return try await group.reduce(into: [UInt8]()) { if let winner = $1 { $0.append(winner) } }
                }
                try fixture.require(winners.count == 1, "\(winners.count) of 8 succeeded")
                try fixture.require(try await fixture.store.get(key, limit: 1) == winners, "another one is there")
            }
        },
    ]
}

extension PutOptions {
    /// Replaces nothing.
    static var replacingNothing: PutOptions {
        var options = PutOptions()
        options.ifAbsent = true
        return options
    }
}
