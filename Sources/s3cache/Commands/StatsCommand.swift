internal import ArgumentParser
internal import Core
internal import Foundation
internal import Postgres

struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Show what a cache holds and when it was last rebuilt.",
        discussion: """
            With --costs also what its objects cost in a month: storage by class, the uploads and rebuilds of the last 30 \
            days, and the reads that you assume, at Amazon's list prices for us-east-1 unless you give others. Examples:
              s3cache stats --cache product_images --json
              s3cache stats --costs --reads 20 --transfer-price 0.085 --storage-price STANDARD=0.0245
            With --binding how much of a bound table is archived, in all and by type. Example:
              s3cache stats --binding post_media
            """)

    @Option(help: "A bound table, as s3cache.bind() was told it, in place of a cache.")
    var binding: String?
    @OptionGroup var cost: CostOptions
    @OptionGroup var cache: CacheOption
    @OptionGroup var output: OutputOptions

    private struct Statistics: Encodable {
        var files: Int64
        var bytes: Int64
        var unverified: Int64
        var missing: Int64
        var last_rebuild_at: String?
        var last_rebuild: JSONText?
        var costs: Costs?

        enum CodingKeys: CodingKey { case files, bytes, unverified, missing, last_rebuild_at, last_rebuild, costs }

        /// All fields, also those that are null: programs rely on them.
        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(files, forKey: .files)
            try fields.encode(bytes, forKey: .bytes)
            try fields.encode(unverified, forKey: .unverified)
            try fields.encode(missing, forKey: .missing)
            try fields.encode(last_rebuild_at, forKey: .last_rebuild_at)
            try fields.encode(last_rebuild, forKey: .last_rebuild)
            try fields.encodeIfPresent(costs, forKey: .costs)
        }
    }

    /// US dollars a month, and what they are estimated from.
    private struct Costs: Encodable {
        var storage: Double
        var requests: Double
        var transfer: Double
        var total: Double
        var uploads: Int64
        var rebuilds: Int64
        var reads_per_file: Double
        var bytes_by_class: [String: Int64]

        init(_ usage: CostUsage, _ prices: CostPrices) {
            let estimate = CostEstimate(usage, prices)
            storage = Self.rounded(estimate.storage)
            requests = Self.rounded(estimate.requests)
            transfer = Self.rounded(estimate.transfer)
            total = Self.rounded(estimate.total)
            uploads = usage.uploads
            rebuilds = usage.rebuilds
            reads_per_file = usage.readsPerFile
            bytes_by_class = Dictionary(usage.stocks.map { ($0.storageClass, $0.bytes) }) { $0 + $1 }
        }

        /// Millionths: small caches cost little.
        private static func rounded(_ dollars: Double) -> Double { (dollars * 1_000_000).rounded() / 1_000_000 }
    }

    func validate() throws {
        if binding != nil, cost.costs { throw ValidationError("--costs are a cache's, not a binding's.") }
    }

    func run() async throws {
        let connection = try await Database.connect()
        if let binding {
            let statistics = try await ArchiveStatistics(of: binding, on: connection)
            if output.json { try Output.json(statistics) } else { statistics.show() }
            return
        }
        let row = try await connection.query(
            """
            select files, bytes, unverified, missing, last_rebuild_at::text as last_rebuild_at,
                last_rebuild::text as last_rebuild
            from s3cache.stats($1)
            """, [.string(cache.cache)]
        ).only
        let lastRebuild: String? = try row["last_rebuild"]
        var statistics = Statistics(
            files: try row["files"], bytes: try row["bytes"], unverified: try row["unverified"],
            missing: try row["missing"], last_rebuild_at: try row["last_rebuild_at"],
            last_rebuild: lastRebuild.map { JSONText($0) })
        if cost.costs {
            statistics.costs = Costs(try await usage(on: connection), cost.prices)
        }
        if output.json {
            try Output.json(statistics)
            return
        }
        Output.line("Cache          \(cache.cache)")
        Output.line("Files          \(Output.count(statistics.files))")
        Output.line("Bytes          \(Output.count(statistics.bytes))")
        Output.line("Unverified     \(Output.count(statistics.unverified))")
        Output.line("Missing        \(Output.count(statistics.missing))")
        Output.line("Last rebuild   \(statistics.last_rebuild_at ?? "never")")
        if let costs = statistics.costs { Self.print(costs) }
    }

    private static func print(_ costs: Costs) {
        func line(_ name: String, _ dollars: Double, _ basis: String) {
            let amount = String(format: "%12.2f", dollars)
            Output.line(name.padding(toLength: 15, withPad: " ", startingAt: 0) + amount + "  " + basis)
        }
        Output.line("USD a month, estimated:")
        let classes = costs.bytes_by_class.sorted { $0.key < $1.key }
        line(
            "  Storage", costs.storage,
            classes.map { "\($0.key) \(Output.count($0.value)) bytes" }.joined(separator: ", "))
        line(
            "  Requests", costs.requests,
            "\(Output.count(costs.uploads)) uploads and \(Output.count(costs.rebuilds)) rebuilds in 30 days, each object read "
                + "\(costs.reads_per_file) times")
        line("  Transfer", costs.transfer, "each object read \(costs.reads_per_file) times")
        line("  Total", costs.total, "without retrieval from archives, earlier versions and a CDN")
    }

    /// What the index tells of the use of the cache's objects; those in the local store cost nothing.
    private func usage(on connection: PostgresConnection) async throws -> CostUsage {
        let table = try await Database.table(of: cache.cache, on: connection)
        let stocks = try await connection.query(
            """
            select coalesce(nullif(o.storage_class, ''), 'STANDARD') as class, count(*) as files,
                coalesce(sum(o.size), 0)::bigint as bytes
            from \(table) o where o.state = 'present' and o.location = 's3'
            group by 1 order by 1
            """)
        let recent = try await connection.query(
            """
            select (select count(*) from \(table) o where o.state = 'present' and o.location = 's3'
                    and o.last_modified > clock_timestamp() - interval '30 days') as uploads,
                (select count(*) from s3cache.jobs j where j.kind = 'rebuild' and j.state = 'done' and j.cache = $1
                    and j.finished_at > clock_timestamp() - interval '30 days') as rebuilds
            """, [.string(cache.cache)]
        ).only
        return CostUsage(
            stocks: try stocks.map {
                CostUsage.Stock(storageClass: try $0["class"], files: try $0["files"], bytes: try $0["bytes"])
            }, uploads: try recent["uploads"], rebuilds: try recent["rebuilds"], readsPerFile: cost.reads)
    }
}
