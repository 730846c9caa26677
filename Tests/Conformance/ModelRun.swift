import Core

/// Random operations on a store, each compared with what a dictionary would have done.
public struct ModelRun: Sendable {
    private let fixture: StoreFixture
    private let keys: [ObjectKey]
    private var generator: SeededGenerator
    private var model: [ObjectKey: [UInt8]] = [:]

    /// A run that the seed determines, on a namespace that is empty.
    public init(_ fixture: StoreFixture, seed: UInt64, keys count: Int = 60) {
        self.fixture = fixture
        var random = RandomKeys(seed: seed)
        keys = (0..<count).map { _ in fixture.key(random.next().string) }.filter {
            $0.length <= ObjectKey.maximumLength
                && fixture.capabilities.isSuperset(of: StoreCapabilities(neededFor: $0))
        }
        generator = SeededGenerator(seed: seed)
    }

    /// Throws a violation at the first operation whose result differs from the model's.
    public mutating func run(operations: Int) async throws {
        for number in 0..<operations {
            guard let key = keys.randomElement(using: &generator) else { return }
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<4: try await put(key, number)
            case 4..<7: try await delete(key)
            case 7: try await read(key, number)
            case 8: try await page(from: key, number)
            default: try await all(number)
            }
        }
        try await all(operations)
    }

    private mutating func put(_ key: ObjectKey, _ number: Int) async throws {
        let bytes = Array("\(number)".utf8)
        try await fixture.store.put(key, bytes)
        model[key] = bytes
    }

    private mutating func delete(_ key: ObjectKey) async throws {
        try await fixture.store.delete(key)
        model[key] = nil
    }

    private func read(_ key: ObjectKey, _ number: Int) async throws {
        let bytes = try await fixture.store.get(key, limit: 100)
        try fixture.require(bytes == model[key], "operation \(number): \(key.quoted) has other contents")
        let head = try await fixture.store.head(key)
        let size = model[key].map { Int64($0.count) }
        try fixture.require(head?.size == size, "operation \(number): \(key.quoted) has another size")
    }

    private mutating func page(from key: ObjectKey, _ number: Int) async throws {
        let limit = Int.random(in: 1...9, using: &generator)
        let prefix = keys.randomElement(using: &generator)?.string.prefix(2).description ?? ""
        let name = String(prefix.dropFirst(fixture.namespace.count))
        let page = try await fixture.list(name, after: key, limit: limit)
        let expected = model.keys.filter { $0 > key && $0.hasPrefix(fixture.namespace + name) }.sorted()
        let what = "operation \(number): after \(key.quoted), prefix \(ObjectKey(name).quoted)"
        try fixture.require(page, are: expected, what)
    }

    private mutating func all(_ number: Int) async throws {
        let limit = [1, 5, 1000].randomElement(using: &generator) ?? 1000
        try fixture.require(try await fixture.list(limit: limit), are: model.keys.sorted(), "operation \(number)")
    }
}
