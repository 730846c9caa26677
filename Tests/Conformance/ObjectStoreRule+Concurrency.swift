import Core

extension ObjectStoreRule {
    /// What holds while others write.
    static let concurrency = [
        ObjectStoreRule("concurrent puts of one key leave one whole object, and readers never see a part") { fixture in
            let key = fixture.key("shared/object")
            let size = 60_000
            try await fixture.store.put(key, Array(repeating: 0, count: size))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 1...4 {
                    group.addTask {
                        for round in 0..<5 {
                            let byte = UInt8(writer * 5 + round)
                            try await fixture.store.put(key, Array(repeating: byte, count: size))
                        }
                    }
                    group.addTask {
                        for _ in 0..<10 {
                            let bytes = try await fixture.store.get(key, limit: size)
                            let isWhole = bytes?.count == size && bytes?.allSatisfy { $0 == bytes?.first } == true
                            try fixture.require(isWhole, "a part of an object, or none, was read")
                        }
                    }
                }
                try await group.waitForAll()
            }
            try fixture.require(try await fixture.list(), are: [key], "after concurrent puts")
        },
        ObjectStoreRule("a key that stays is in every listing exactly once, whatever others come and go") { fixture in
            let stable = fixture.stableKeys
            try await fixture.fill(stable)
            try await fixture.whileOthersChange {
                for limit in [3, 7, 1000, 2, 50, 1000, 5, 11] {
                    let listed = try await fixture.list(limit: limit).map(\.key)
                    let seen = listed.filter(Set(stable).contains)
                    try fixture.require(seen == stable, "\(stable.count - seen.count) stable keys were missing")
                }
            }
        },
        ObjectStoreRule("a key that stays can always be read, whatever others come and go") { fixture in
            let stable = fixture.stableKeys
            try await fixture.fill(stable)
            try await fixture.whileOthersChange {
                for key in stable + stable.reversed() {
                    let bytes = try await fixture.store.get(key, limit: 2048)
                    try fixture.require(bytes == Array(key.string.utf8), "\(key.quoted) could not be read")
                }
            }
        },
        ObjectStoreRule("concurrent puts and deletes in the same directories lose nothing") { fixture in
            let rounds = 12
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        for round in 0..<rounds {
                            let key = fixture.key("d/e\(round % 2)/f/\(writer)")
                            try await fixture.fill([key])
                            let bytes = try await fixture.store.get(key, limit: 2048)
                            try fixture.require(bytes == Array(key.string.utf8), "\(key.quoted) was lost")
                            if round < rounds - 1 { try await fixture.store.delete(key) }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let expected = (0..<8).map { fixture.key("d/e\((rounds - 1) % 2)/f/\($0)") }
            try fixture.require(try await fixture.list(), are: expected, "after concurrent puts and deletes")
        },
    ]
}

extension StoreFixture {
    /// Keys that the changes of `whileOthersChange` go on around, sorted.
    fileprivate var stableKeys: [ObjectKey] {
        let nested = capabilities.contains(.nestedKeys) ? (0..<12).map { "n/\($0)" } : []
        let plain = (0..<30).map { "s/\($0)" } + (0..<10).map { "t/\($0)/stable" }
        return (plain + nested).map(key).sorted()
    }

    /// Runs `body` while stable keys are replaced and others come and go beside them, and below them if the store can.
    fileprivate func whileOthersChange(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let done = Signal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<3 {
                group.addTask {
                    var round = 0
                    repeat {
                        var names = ["s/x\(writer)-\(round % 9)", "t/\(round % 10)/x\(writer)", "u\(writer)/v/w"]
                        if capabilities.contains(.nestedKeys) { names.append("n/\((round + writer) % 12)/x\(writer)") }
                        try await fill(names.map(key))
                        try await fill([stableKeys[(round * 7 + writer) % stableKeys.count]])
                        for name in names { try await store.delete(key(name)) }
                        round += 1
                    } while !done.isGiven
                }
            }
            group.addTask {
                defer { done.give() }
                try await body()
            }
            try await group.waitForAll()
        }
    }
}
