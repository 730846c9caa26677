internal import Core
internal import Foundation
internal import Postgres

/// How much of a bound table is archived, in all and by type.
struct ArchiveStatistics: Encodable {
    /// Some rows of the table.
    struct Share: Encodable {
        /// `image`, `video` and so on; nil: all rows.
        var mediaType: String?
        var total: Int64
        var archived: Int64
        var notArchived: Int64
        /// With one digit behind the point.
        var percent: Double

        private enum CodingKeys: String, CodingKey {
            case total, archived
            case mediaType = "media_type"
            case notArchived = "not_archived"
            case percent = "archived_percent"
        }

        /// All fields, also those that are null: programs rely on them.
        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(mediaType, forKey: .mediaType)
            try fields.encode(total, forKey: .total)
            try fields.encode(archived, forKey: .archived)
            try fields.encode(notArchived, forKey: .notArchived)
            try fields.encode(percent, forKey: .percent)
        }
    }

    /// All rows first, then each type that there is.
    var shares: [Share]

    /// Counts the rows now, with the rights of the session's role.
    init(of binding: String, on connection: PostgresConnection) async throws {
        let rows = try await connection.query(
            """
            select media_type, total, archived, not_archived, archived_percent::float8 as archived_percent
            from s3cache.archive_stats($1)
            """, [.string(binding)])
        shares = try rows.map { row in
            Share(
                mediaType: try row["media_type"], total: try row["total"], archived: try row["archived"],
                notArchived: try row["not_archived"], percent: try row["archived_percent"])
        }
    }

    func encode(to encoder: any Encoder) throws { try shares.encode(to: encoder) }

    /// Prints them.
    func show() {
        Output.line(Self.rule)
        Output.line("S3 Archive Statistics")
        Output.line(Self.rule)
        Output.line("")
        let types = shares.filter { $0.mediaType != nil }
        for share in shares where share.mediaType == nil {
            Output.line("Overall:")
            Self.show(share, "Total Media", indent: 2)
        }
        if !types.isEmpty {
            Output.line("")
            Output.line("By Type:")
        }
        for share in types {
            Output.line("  \(Self.title(share.mediaType ?? "")):")
            Self.show(share, "Total", indent: 4)
        }
        Output.line(Self.rule)
    }

    /// A line of a table: its values stand below each other.
    static func line(_ name: String, _ value: String, indent: Int = 2) -> String {
        let label = String(repeating: " ", count: indent) + name + ":"
        return label + String(repeating: " ", count: max(1, 21 - label.count)) + value
    }

    private static func show(_ share: Share, _ title: String, indent: Int) {
        Output.line(line(title, Output.count(share.total), indent: indent))
        let percent = String(format: "%.1f", share.percent)
        Output.line(line("Archived", "\(Output.count(share.archived)) (\(percent)%)", indent: indent))
        Output.line(line("Not Archived", Output.count(share.notArchived), indent: indent))
    }

    /// What a row says is shown without what could garble a terminal.
    private static func title(_ type: String) -> String {
        let quoted = ObjectKey(type).quoted
        return quoted == "\"\(type)\"" ? type.prefix(1).uppercased() + type.dropFirst() : quoted
    }

    private static let rule = String(repeating: "=", count: 80)
}
