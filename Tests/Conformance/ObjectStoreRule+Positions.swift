import Core

extension ObjectStoreRule {
    /// What holds for listings that begin somewhere.
    static let positions = [
        ObjectStoreRule("a listing after any key, there or not, begins with the next one") { fixture in
            let keys = fixture.positioned
            try await fixture.fill(keys)
            var afters = keys.flatMap { [$0, ObjectKey($0.string + "!"), ObjectKey(String($0.string.dropLast()))] }
            afters += ["", "!", "0", "a", "a/b/", "a/b/zzz", "a/b0", "a0", "b//", "m", "zzz"].map(fixture.key)
            for after in Set(afters) where after.length > 0 {
                let expected = keys.filter { $0 > after }
                try fixture.require(try await fixture.list(after: after), are: expected, "after \(after.quoted)")
            }
        },
        ObjectStoreRule("a position and a prefix together give the keys that fulfil both") { fixture in
            let keys = fixture.positioned
            try await fixture.fill(keys)
            for prefix in ["", "a", "a/", "a/b", "a/b/", "b", "b/", "m", "é"] {
                for after in ["!", "a", "a/", "a/b/c", "a/b/zzz", "a0", "b/", "b/~", "m", "zzz"].map(fixture.key) {
                    let expected = keys.filter { $0 > after && $0.hasPrefix(fixture.namespace + prefix) }
                    let listed = try await fixture.list(prefix, after: after, limit: 3)
                    try fixture.require(listed, are: expected, "\(prefix) after \(after.quoted)")
                }
            }
        },
        ObjectStoreRule("a listing goes on after each odd key") { fixture in
            let keys = fixture.oddKeys
            try await fixture.fill(keys)
            try fixture.require(try await fixture.list(limit: 1), are: keys, "odd keys one by one")
            for (index, key) in keys.enumerated() {
                let page = try await fixture.store.list(
                    ListingRequest(prefix: fixture.namespace, position: .after(key), limit: 3))
                let expected = Array(keys[(index + 1)...].prefix(page.objects.count))
                try fixture.require(page.objects, are: expected, "after \(key.quoted)")
                try fixture.require(!page.objects.isEmpty || index == keys.count - 1, "nothing after \(key.quoted)")
            }
        },
        ObjectStoreRule("odd keys are prefixes too") { fixture in
            let keys = fixture.oddKeys
            try await fixture.fill(keys)
            for prefix in keys {
                let expected = keys.filter { $0.hasPrefix(prefix.string) }
                let name = String(Substring(prefix.string.utf8.dropFirst(fixture.namespace.utf8.count)))
                try fixture.require(try await fixture.list(name), are: expected, "prefix \(prefix.quoted)")
            }
        },
    ]
}

extension StoreFixture {
    /// Keys in several directories, sorted.
    fileprivate var positioned: [ObjectKey] {
        let names = [
            "a/b/c", "a/b/d", "a/b/e/f", "a/b0", "a-", "a.", "a1", "b/1", "b/2", "b/10", "b!", "m", "mm", "m-m", "é/1",
            "é1",
            "z/z/z",
        ]
        return names.map(key).sorted()
    }
}
