import Foundation
import Postgres

/// What `s3cache.jobs` says of a job.
struct JobStatus: Sendable {
    static let columns = """
        id, kind, state, attempt, error, result::text as result, result -> 'error' ->> 'code' as code,
        result -> 'error' ->> 'retryable' as retryable, superseded_by
        """

    var id: Int64
    var kind: String
    var state: String
    var attempt: Int
    var error: String?
    /// Of a failed attempt.
    var code: String?
    /// Of a failed attempt.
    var retryable: String?
    var supersededBy: Int64?
    /// The numbers in a result.
    var counts: [String: Double]

    init(_ row: PostgresRow) throws {
        id = try row["id"]
        kind = try row["kind"]
        state = try row["state"]
        attempt = try row["attempt"]
        error = try row["error"]
        code = try row["code"]
        retryable = try row["retryable"]
        supersededBy = try row["superseded_by"]
        let result: String? = try row["result"]
        let members = try? JSONDecoder().decode([String: Member].self, from: Data((result ?? "").utf8))
        counts = (members ?? [:]).compactMapValues(\.number)
    }

    /// A member of a result; of other kinds than numbers nothing is told here.
    private struct Member: Decodable {
        let number: Double?

        init(from decoder: any Decoder) throws { number = try? decoder.singleValueContainer().decode(Double.self) }
    }

    /// A count of the result; -1 if it has none of that name.
    func count(_ name: String) -> Int { Int(counts[name] ?? -1) }

    var hasEnded: Bool { ["done", "failed", "cancelled", "superseded"].contains(state) }
}
