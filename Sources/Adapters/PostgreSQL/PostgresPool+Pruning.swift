internal import Core
internal import Postgres

extension PostgresPool {
    /// One step of what forgets old rows; `call` takes the place to go on from as its last parameter.
    func prune(_ call: String, _ parameters: [PostgresValue], from place: PruningPlace?) async throws -> Pruned {
        let row = try await query(
            "select pruned, place from \(call)", parameters + [.string(orNull: place?.rawValue)]
        ).only
        let count: Int32 = try row["pruned"]
        let next: String? = try row["place"]
        return Pruned(count: Int(count), next: next.map { PruningPlace(rawValue: $0) })
    }
}
