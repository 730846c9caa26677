import Foundation
import TestSupport
import Testing

/// `s3cache stats --costs` counts what the index says, at the prices that it is given.
@Suite(.timeLimit(.minutes(15))) struct StatsCostTests {
    private struct Statistics: Decodable {
        struct Costs: Decodable {
            var storage: Double
            var requests: Double
            var transfer: Double
            var total: Double
            var uploads: Int
            var rebuilds: Int
            var bytes_by_class: [String: Int]
        }

        var files: Int
        var costs: Costs?
    }

    private func statistics(_ site: Site, _ options: [String]) async throws -> Statistics {
        let (exit, process) = try await S3CacheProgram.run(
            ["stats", "--json"] + options, environment: site.environment)
        #expect(exit == .code(0), "\(process.standardError)")
        return try JSONDecoder().decode(Statistics.self, from: Data(process.standardOutput.utf8))
    }

    @Test func costsFollowTheIndex() async throws {
        try await Site.use { site in
            try await site.rebuild()
            try await site.session.run(
                """
                insert into s3cache.object (cache_id, filename, state, size, storage_class, last_modified)
                select 1, n || '.jpg', case when n = 9 then 'missing' else 'present' end, 1073741824,
                    case when n <= 2 then 'GLACIER' end, now() - n * interval '10 days'
                from generate_series(1, 9) n
                """)
            #expect(try await statistics(site, []).costs == nil)
            let costs = try #require(
                try await statistics(
                    site,
                    [
                        "--costs", "--reads", "10", "--storage-price", "STANDARD=1", "--storage-price", "glacier=0.5",
                        "--write-price", "1000", "--read-price", "100", "--transfer-price", "2",
                    ]
                ).costs)
            // 8 GiB in 8 objects; 2 of them younger than 30 days for certain, and a rebuild of one page.
            #expect(costs.bytes_by_class == ["GLACIER": 2 << 30, "STANDARD": 6 << 30] && costs.storage == 7)
            #expect(costs.uploads == 2 && costs.rebuilds == 1)
            #expect(costs.requests == 3 + 80.0 * 0.1 && costs.transfer == 160)
            #expect(costs.total == costs.storage + costs.requests + costs.transfer)
            let plain = try await site.run("stats", "--costs")
            #expect(plain.exit == .code(0) && plain.output.contains("USD a month") && plain.output.contains("  Total"))
        }
    }

    @Test(
        arguments: [
            ["--reads", "-1"], ["--storage-price", "STANDARD"], ["--storage-price", "X=-1"], ["--write-price", "nan"],
            ["--transfer-price", "x"],
        ])
    func whatIsNoPriceIsRefused(options: [String]) async throws {
        let (exit, process) = try await S3CacheProgram.run(["stats", "--costs"] + options, environment: [:])
        #expect(exit == .code(2) && process.standardError.contains(options[0]), "\(process.standardError)")
    }
}
