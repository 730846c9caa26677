internal import Adapters
internal import Core
internal import Foundation
internal import Postgres
internal import Worker

/// The checks of `s3cache doctor`, in the order in which one rests on another.
struct Examination: Sendable {
    /// The only cache to check; nil for all.
    let cache: String?
    /// Whether results are not printed as they come.
    let isSilent: Bool

    /// Runs all checks; throws only `CancellationError`.
    func run() async throws -> [CheckResult] {
        var results: [CheckResult] = []
        func report(_ check: String, _ status: CheckResult.Status, _ detail: String) {
            // libpq's errors have several lines.
            let line = detail.split(whereSeparator: \.isNewline).joined(separator: " ").replacing("\t", with: " ")
            let result = CheckResult(check: check, status: status, detail: line)
            if !isSilent { Output.line(result.line) }
            results.append(result)
        }

        report(
            "libraries", .pass, (["s3cache \(SchemaMigrator.version)"] + LibraryVersions.all).joined(separator: ", "))
        let stores: ObjectStoreSetup?
        do {
            let setup = try ObjectStoreSetup()
            report("configuration", .pass, setup.description)
            if setup.isDryRun {
                report(
                    "dry run", .warn,
                    "DRY_RUN is on: a worker with this environment writes nothing to buckets, and its jobs only say what they "
                        + "would have done; unset it to write.")
            }
            stores = setup
        } catch {
            report("configuration", .fail, error.explanation)
            stores = nil
        }
        if let stores {
            do {
                if let description = try await stores.describeCredentials() {
                    report("credentials", .pass, description)
                } else {
                    report("credentials", .skip, "The local directory needs none.")
                }
            } catch {
                report("credentials", .fail, error.explanation)
            }
        }
        let configurations = await examineDatabase(stores?.defaults ?? [:], report)
        try Task.checkCancellation()
        if let stores {
            for configuration in configurations {
                try await examine(configuration, in: stores, report)
                try Task.checkCancellation()
            }
        } else {
            report("bucket", .skip, "The configuration has to be mended first.")
        }
        return results
    }

    typealias Report = (_ check: String, _ status: CheckResult.Status, _ detail: String) -> Void

    /// The caches to go on with; where the database cannot be asked, the default one as the environment has it.
    private func examineDatabase(_ own: [String: String], _ report: Report) async -> [CacheConfiguration] {
        let fallback = [CacheConfiguration(name: cache ?? "s3_image_cache", bucket: nil, prefix: "")]
        var check = "database"
        do {
            let connection = try await Database.connect()
            let row = try await connection.query(
                """
                select s3cache.version() as version, s3cache.at_home() as home,
                    pg_catalog.current_setting('server_version') as server,
                    s3cache.worker_lives() as lives
                """
            ).only
            let names: [String] = try await connection.query("select name from s3cache.cache order by name").map {
                try $0["name"]
            }
            await connection.close()
            report(
                check, .pass,
                "s3cache \(try row["version"] as String) in PostgreSQL \(try row["server"] as String).")
            if try row["home"] as Bool {
                report("home", .pass, "Jobs of this database may run.")
            } else {
                report(
                    "home", .fail,
                    "This database was restored from a dump or copied, so workers run nothing; if it is to be live, run "
                        + "SELECT s3cache.resume();")
            }
            if try row["lives"] as Bool {
                report("workers", .pass, "At least one is running.")
            } else {
                report(
                    "workers", .warn,
                    "No worker of this release is running, so jobs wait; start or restart one with: s3cache worker")
            }
            check = "queue"
            try await examineQueue(own, report)
            check = "caches"
            let configurations = try await configurations(of: names, report)
            check = "signing keys"
            try await examineSigningKeys(of: configurations, hasWorker: try row["lives"], report)
            return configurations
        } catch {
            report(check, .fail, error.explanation)
            return fallback
        }
    }

    private func examineQueue(_ own: [String: String], _ report: Report) async throws {
        let connection = try await PostgresConnection.connect(Database.settings())
        for finding in try await PostgresHealth(connection, own: own).findings() {
            let result = CheckResult(finding)
            report(result.check, result.status, result.detail)
        }
        await connection.close()
    }

    private func examineSigningKeys(
        of configurations: [CacheConfiguration], hasWorker: Bool, _ report: Report
    ) async throws {
        let pool = PostgresPool(Database.settings(), maximum: 1)
        let profiles = Set(configurations.map(\.credentials))
        do {
            let urls = PostgresURLStore(pool: pool)
            for demand in try await Self.demands(of: profiles, in: urls, patiently: hasWorker) {
                let result = Self.describe(demand, hasWorker: hasWorker)
                report(result.check, result.status, result.detail)
            }
        } catch let error as PostgresError where error.code == .insufficientPrivilege {
            report("signing keys", .skip, "Only members of s3cache_worker see which ones are published.")
        }
        await pool.close()
    }

    private func configurations(of names: [String], _ report: Report) async throws -> [CacheConfiguration] {
        if let cache, !names.contains(cache) {
            report("cache \(cache)", .fail, "There is no such cache; TABLE s3cache.cache lists the caches.")
            return []
        }
        let pool = PostgresPool(Database.settings(), maximum: 1)
        let caches = PostgresCacheStore(pool: pool)
        var configurations: [CacheConfiguration] = []
        for name in names where cache == nil || name == cache {
            configurations.append(try await caches.configuration(of: name))
        }
        await pool.close()
        return configurations
    }

    private func examine(
        _ configuration: CacheConfiguration, in stores: ObjectStoreSetup, _ report: Report
    ) async throws {
        let check = "bucket of \(configuration.name)"
        let store: any ObjectStore
        do {
            store = try stores.provider.store(for: configuration)
        } catch {
            report(check, .fail, error.explanation)
            return
        }
        let name = UUID().uuidString.lowercased()
        var delivery: HealthFinding?
        let probe = BucketProbe(store, prefix: configuration.prefix, name: name, writes: !stores.isDryRun)
        let findings = try await probe.run { key in
            delivery = await Delivery(stores).finding(of: key, in: configuration)
        }
        for finding in findings {
            if let problem = finding.problem {
                report(
                    "\(check): \(finding.step)", .fail, problem.message + Self.consequences(of: problem, finding.step))
            } else if finding.isSkipped {
                report("\(check): \(finding.step)", .skip, "Nothing was written.")
            } else {
                report("\(check): \(finding.step)", .pass, store.bucket)
            }
        }
        var more = delivery.map { [$0] } ?? []
        if findings.first?.problem == nil {
            more += try await bucketFindings(configuration, stores, mayWrite: findings.allSatisfy { $0.problem == nil })
        }
        for finding in more {
            let result = CheckResult(finding, of: check)
            report(result.check, result.status, result.detail)
        }
    }
}

extension Examination {
    /// What does not work without the right that a step of the probe lacks.
    private static func consequences(of problem: StoreError, _ step: String) -> String {
        let actions = [
            "list": "s3:ListBucket", "write": "s3:PutObject", "read": "s3:GetObject", "delete": "s3:DeleteObject",
        ]
        guard problem.code == .accessDenied, let action = actions[step] else { return "" }
        let features = IAMFeature.needing(action).map(\.rawValue).joined(separator: ", ")
        return " It is needed for: \(features); other features work without it."
    }
}

extension Error {
    /// One sentence for people.
    var explanation: String {
        switch self {
        case let failure as CommandFailure: failure.message
        case let error as StoreError: error.message
        case let error as PostgresError: error.explanation
        default: "\(self)"
        }
    }
}
