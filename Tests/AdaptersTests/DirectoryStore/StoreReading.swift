import Core
import Testing

extension ObjectStore {
    /// All keys, read in pages of `limit`, with the number of names that are none.
    func keys(_ prefix: String = "", limit: Int = 1000) async throws -> (keys: [ObjectKey], unlistable: Int) {
        var keys: [ObjectKey] = []
        var unlistable = 0
        var position = ListingPosition.start
        while true {
            let page = try await list(ListingRequest(prefix: prefix, position: position, limit: limit))
            keys += page.objects.map(\.key)
            unlistable += page.unlistable
            guard let next = page.next else { return (keys, unlistable) }
            position = next
        }
    }

    /// The object's bytes as text.
    func text(_ key: ObjectKey) async throws -> String? {
        try await get(key, limit: 10_000).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Stores a text.
    func put(_ key: ObjectKey, text: String) async throws { try await put(key, Array(text.utf8)) }
}
