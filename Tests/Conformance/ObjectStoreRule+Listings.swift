import Core

extension ObjectStoreRule {
    /// What holds for whole listings.
    static let listings = [
        ObjectStoreRule("an empty bucket lists as one empty page") { fixture in
            let page = try await fixture.store.list(ListingRequest(prefix: fixture.namespace))
            try fixture.require(page.objects.isEmpty && page.next == nil, "\(page.objects.count) keys")
        },
        ObjectStoreRule("keys come in byte order") { fixture in
            let names = [
                "a", "a!", "a-b", "a.b", "a0", "aa", "A", "B", "b", "é", "z", "~", "\u{FF5E}", "😀", "\u{E000}", "10",
                "2",
                "1",
                "d/1", "d-1", "d.1", "d0", "d/1x", "d!/1", "d~/1", "D/1",
            ]
            let keys = fixture.storable(names)
            try await fixture.fill(keys.reversed())
            try fixture.require(try await fixture.list(), are: keys.sorted(), "byte order")
        },
        ObjectStoreRule("pages of every size give the same keys") { fixture in
            let deep = (0..<40).map { "d\($0 % 7)/\($0 % 3)/\($0)" }
            let keys = ((0..<40).map { "flat-\($0)" } + deep + ["d1-", "d1.", "d10"]).map(fixture.key).sorted()
            try await fixture.fill(keys)
            for limit in [1, 2, 3, 7, keys.count - 1, keys.count, keys.count + 1, 1000, 100_000] {
                try fixture.require(try await fixture.list(limit: limit), are: keys, "pages of \(limit)")
            }
        },
        ObjectStoreRule("a prefix is bytes, not a directory") { fixture in
            let names = [
                "1/a", "1/ab", "1/b", "1", "10/a", "1-", "2/a", "img/1", "images/1", "im", "i", "e\u{301}", "\u{E9}",
                "x%y", "x*y", "xzy",
            ]
            let canNest = fixture.capabilities.contains(.nestedKeys)
            let keys = names.filter { canNest || $0 != "1" }.map(fixture.key).sorted()
            try await fixture.fill(keys)
            let prefixes = [
                "1/", "1", "10", "1/a", "1/ab", "1/abc", "im", "img", "img/", "i", "e", "\u{E9}", "e\u{301}", "x%",
                "x*",
                "\u{301}", "zz", "3/", "0", "1//", "/",
            ]
            for prefix in prefixes {
                let expected = keys.filter { $0.hasPrefix(fixture.namespace + prefix) }
                for limit in [1, 2, 1000] {
                    let listed = try await fixture.list(prefix, limit: limit)
                    try fixture.require(listed, are: expected, "prefix \(ObjectKey(prefix).quoted), pages of \(limit)")
                }
            }
        },
        ObjectStoreRule("a listing shows every write that returned before it began") { fixture in
            var keys: Set<ObjectKey> = []
            for turn in 0..<60 {
                let key = fixture.key(["x/\(turn)", "\(turn)", "y/\(turn % 5)/\(turn)"][turn % 3])
                try await fixture.fill([key])
                keys.insert(key)
                try fixture.require(try await fixture.list(), are: keys.sorted(), "after adding \(key.quoted)")
                if turn.isMultiple(of: 2), let victim = keys.min() {
                    try await fixture.store.delete(victim)
                    keys.remove(victim)
                    try fixture.require(try await fixture.list(), are: keys.sorted(), "after deleting \(victim.quoted)")
                }
            }
        },
    ]
}
