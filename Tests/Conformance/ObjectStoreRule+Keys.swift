import Core

extension ObjectStoreRule {
    /// What holds for keys.
    static let keys = [
        ObjectStoreRule("odd keys are kept byte for byte and do not touch each other") { fixture in
            let keys = fixture.oddKeys
            try fixture.require(keys.count >= 60, "only \(keys.count) odd keys")
            try await fixture.fill(keys.reversed())
            try fixture.require(try await fixture.list(), are: keys, "odd keys")
            for key in keys {
                let bytes = try await fixture.store.get(key, limit: 2048)
                try fixture.require(bytes == Array(key.string.utf8), "\(key.quoted) has other contents")
                let head = try await fixture.store.head(key)
                let isRight = head?.key == key && head?.size == Int64(key.length)
                try fixture.require(isRight, "\(key.quoted) has another head")
            }
            for index in keys.indices where index.isMultiple(of: 2) { try await fixture.store.delete(keys[index]) }
            let odd = keys.indices.filter { !$0.isMultiple(of: 2) }.map { keys[$0] }
            try fixture.require(try await fixture.list(), are: odd, "odd keys after deleting every other one")
            for key in odd {
                let bytes = try await fixture.store.get(key, limit: 2048)
                try fixture.require(bytes == Array(key.string.utf8), "\(key.quoted) was changed by deleting others")
            }
        },
        ObjectStoreRule("spellings that differ in normalisation or case are different objects") { fixture in
            let names = ["\u{C5}", "A\u{30A}", "\u{212B}", "a\u{30A}", "\u{E5}", "x\u{323}\u{307}", "x\u{307}\u{323}"]
            let keys = names.map(fixture.key)
            try await fixture.fill(keys)
            try fixture.require(try await fixture.list(), are: keys.sorted(), "spellings")
            try await fixture.store.delete(keys[0])
            let other = try await fixture.store.get(keys[1], limit: 100)
            try fixture.require(other == Array(keys[1].string.utf8), "deleting one spelling touched another")
            let same = try await fixture.store.head(keys[0])
            try fixture.require(same == nil, "another spelling was read")
        },
        ObjectStoreRule("a, a/, a/b, a//b and ../a exist together, in whatever order they come and go") { fixture in
            guard fixture.capabilities.contains(.nestedKeys) else { return }
            let keys = fixture.storable(["a", "a/", "a/b", "a//b", "../a", "a/b/c", "a//", "a/b/c/"])
            for turn in keys.indices {
                let order = Array(keys[turn...] + keys[..<turn])
                for order in [order, order.reversed()] { try await fixture.comeAndGo(order) }
            }
        },
        ObjectStoreRule("deleting a leaves a/b, and deleting a/b leaves a") { fixture in
            guard fixture.capabilities.contains(.nestedKeys) else { return }
            let outer = fixture.key("a")
            let inner = fixture.key("a/b")
            for (first, second) in [(outer, inner), (inner, outer)] {
                try await fixture.fill([first, second])
                try await fixture.store.delete(first)
                try fixture.require(try await fixture.list(), are: [second], "after deleting \(first.quoted)")
                try await fixture.fill([first])
                try await fixture.store.delete(second)
                try fixture.require(try await fixture.list(), are: [first], "after deleting \(second.quoted)")
                try await fixture.store.delete(first)
            }
        },
        ObjectStoreRule("keys that no store takes are refused as invalidKey") { fixture in
            let tooLong = String(repeating: "x", count: 1025)
            let invalid = ["", tooLong, String(repeating: "é", count: 513), "nul\0", "\0", "a/\0/b"]
            for key in invalid.map({ ObjectKey($0) }) {
                let codes = [
                    await fixture.failure { try await fixture.store.put(key, [1]) },
                    await fixture.failure { _ = try await fixture.store.get(key, limit: 10) },
                    await fixture.failure { _ = try await fixture.store.open(key) },
                    await fixture.failure { _ = try await fixture.store.head(key) },
                    await fixture.failure { try await fixture.store.delete(key) },
                    await fixture.failure { _ = try await fixture.store.presignedURL(of: key, lifetime: 600) },
                ]
                try fixture.require(codes.allSatisfy { $0 == .invalidKey }, "\(key.quoted): \(codes)")
            }
            try fixture.require(try await fixture.list(), are: [], "after refused keys")
        },
    ]
}

extension StoreFixture {
    /// Adds the keys one by one and deletes them one by one, and looks at all of them after each step.
    fileprivate func comeAndGo(_ keys: [ObjectKey]) async throws {
        for count in 1...keys.count {
            try await fill([keys[count - 1]])
            try require(try await list(), are: keys.prefix(count).sorted(), "after adding \(keys[count - 1].quoted)")
        }
        for key in keys {
            let bytes = try await store.get(key, limit: 2048)
            try require(bytes == Array(key.string.utf8), "\(key.quoted) has other contents")
        }
        for count in 1...keys.count {
            try await store.delete(keys[count - 1])
            let rest = keys.dropFirst(count).sorted()
            try require(try await list(), are: rest, "after deleting \(keys[count - 1].quoted)")
        }
    }
}
