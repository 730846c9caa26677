internal import Foundation
internal import Postgres

/// A row of `s3cache.jobs`, as the command line shows it.
struct JobRow: Encodable {
    static let columns = """
        id, kind, cache, state, done, total, attempt, queued_at::text as queued_at, started_at::text as started_at,
        finished_at::text as finished_at, result::text as result, error, owner, superseded_by
        """

    var id: Int64
    var kind: String
    var cache: String
    var state: String
    var done: Int64?
    var total: Int64?
    var attempt: Int
    var queuedAt: String
    var startedAt: String?
    var finishedAt: String?
    var result: JSONText?
    var error: String?
    var owner: String
    var supersededBy: Int64?

    enum CodingKeys: String, CodingKey {
        case id, kind, cache, state, done, total, attempt
        case queuedAt = "queued_at"
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case result, error, owner
        case supersededBy = "superseded_by"
    }

    init(_ row: PostgresRow) throws {
        id = try row["id"]
        kind = try row["kind"]
        cache = try row["cache"]
        state = try row["state"]
        done = try row["done"]
        total = try row["total"]
        attempt = try row["attempt"]
        queuedAt = try row["queued_at"]
        startedAt = try row["started_at"]
        finishedAt = try row["finished_at"]
        let text: String? = try row["result"]
        result = text.map { JSONText($0) }
        error = try row["error"]
        owner = try row["owner"]
        supersededBy = try row["superseded_by"]
    }

    /// All fields, also those that are null: programs rely on them.
    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(id, forKey: .id)
        try fields.encode(kind, forKey: .kind)
        try fields.encode(cache, forKey: .cache)
        try fields.encode(state, forKey: .state)
        try fields.encode(done, forKey: .done)
        try fields.encode(total, forKey: .total)
        try fields.encode(attempt, forKey: .attempt)
        try fields.encode(queuedAt, forKey: .queuedAt)
        try fields.encode(startedAt, forKey: .startedAt)
        try fields.encode(finishedAt, forKey: .finishedAt)
        try fields.encode(result, forKey: .result)
        try fields.encode(error, forKey: .error)
        try fields.encode(owner, forKey: .owner)
        try fields.encode(supersededBy, forKey: .supersededBy)
    }

    var hasEnded: Bool { ["done", "failed", "cancelled"].contains(state) }
}

/// JSON that the database made, put into another JSON document as it is.
struct JSONText: Encodable {
    private let value: JSONValue?
    /// Its members, if it is an object of numbers and texts.
    subscript(name: String) -> Double? {
        guard case .object(let members) = value, case .number(let number) = members[name] else { return nil }
        return number
    }

    /// Whether it is an object whose member of this name is true.
    func isTrue(_ name: String) -> Bool {
        guard case .object(let members) = value, case .bool(true) = members[name] else { return false }
        return true
    }

    init(_ text: String) { value = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) }

    func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

private indirect enum JSONValue: Codable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value):
            if let whole = Int64(exactly: value) { try container.encode(whole) } else { try container.encode(value) }
        case .text(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
