public import Core

/// A store to put to the test, and the part of its bucket that one rule may use.
public struct StoreFixture: Sendable {
    /// The store.
    public let store: any ObjectStore
    /// What the keys of the rule begin with, at most 100 bytes: nothing else may be there. Empty for a bucket of its own.
    public let namespace: String
    /// What the store can do.
    public let capabilities: StoreCapabilities

    /// A fixture; each rule needs a namespace that no other rule uses.
    public init(store: any ObjectStore, namespace: String = "", capabilities: StoreCapabilities = .everything) {
        self.store = store
        self.namespace = namespace
        self.capabilities = capabilities
    }

    /// The key of that name in the namespace.
    func key(_ name: String) -> ObjectKey { ObjectKey(namespace + name) }

    /// Odd keys in the namespace that the store can keep, sorted.
    var oddKeys: [ObjectKey] {
        let room = ObjectKey.maximumLength - namespace.utf8.count
        return OddKeys.all(for: capabilities, room: room).map { key($0.string) }
    }

    /// Those of the keys that the store can keep.
    func storable(_ names: [String]) -> [ObjectKey] {
        names.map(key).filter { capabilities.isSuperset(of: StoreCapabilities(neededFor: $0)) }
    }

    /// Throws a violation unless the condition holds.
    func require(_ condition: Bool, _ violation: @autoclosure () -> String) throws {
        if !condition { throw ConformanceViolation(violation()) }
    }

    /// Stores each key with its own bytes as contents, a few at a time.
    func fill(_ keys: [ObjectKey]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, key) in keys.enumerated() {
                if index >= 8 { try await group.next() }
                group.addTask { try await store.put(key, Array(key.string.utf8)) }
            }
            try await group.waitForAll()
        }
    }

    /// All objects of the namespace whose names start with `prefix`, page by page; every page is checked.
    func list(_ prefix: String = "", after: ObjectKey? = nil, limit: Int = 1000) async throws -> [ObjectSummary] {
        var objects: [ObjectSummary] = []
        var position = after.map { ListingPosition.after($0) } ?? .start
        while true {
            let request = ListingRequest(prefix: namespace + prefix, position: position, limit: limit)
            let page = try await store.list(request)
            try check(page, of: request, previous: objects.last?.key ?? after)
            objects += page.objects
            guard let next = page.next else { return objects }
            position = next
        }
    }

    private func check(_ page: ListingPage, of request: ListingRequest, previous: ObjectKey?) throws {
        try require(
            page.objects.count <= request.limit, "a page of \(page.objects.count) keys, more than \(request.limit)")
        try require(page.next == nil || !page.objects.isEmpty, "an empty page that is not the last")
        var previous = previous
        for object in page.objects {
            try require(object.key.hasPrefix(request.prefix), "\(object.key.quoted) lacks the prefix")
            if let previous {
                try require(previous < object.key, "\(object.key.quoted) does not come after \(previous.quoted)")
            }
            previous = object.key
        }
    }

    /// Throws a violation unless the objects have exactly these keys, in this order.
    func require(_ objects: [ObjectSummary], are keys: [ObjectKey], _ what: String) throws {
        let listed = objects.map(\.key)
        if listed == keys { return }
        let missing = Set(keys).subtracting(listed).sorted().map(\.quoted)
        let extra = Set(listed).subtracting(keys).sorted().map(\.quoted)
        throw ConformanceViolation("\(what): missing \(missing), not expected \(extra)")
    }
}
