package import Core
package import Postgres

/// Looks at the database that the queue lives in: its workers, what waits, and what keeps it from staying small.
package struct PostgresHealth {
    private let connection: PostgresConnection
    private let limits: HealthLimits
    private let own: [String: String]

    /// The database of a connection. `own` is what a worker of this environment would publish: bucket, endpoint, region, ….
    package init(_ connection: PostgresConnection, own: [String: String], limits: HealthLimits = HealthLimits()) {
        self.connection = connection
        self.own = own
        self.limits = limits
    }

    /// All checks; what this role may not look at is skipped. Throws `PostgresError` where the connection is lost, and
    /// `CancellationError`.
    package func findings() async throws -> [HealthFinding] {
        var findings: [HealthFinding] = []
        findings += try await check("workers' settings", agreement)
        findings += try await check("notifications", listening)
        findings += try await check("queue", queue)
        findings += try await check("failed jobs", failures)
        findings += try await check("dead rows", bloat)
        findings += try await check("open transactions", openTransactions)
        findings += try await check("replication", replication)
        return findings
    }

    private func check(
        _ check: String, _ body: (String) async throws -> HealthFinding?
    ) async throws -> [HealthFinding] {
        try Task.checkCancellation()
        do {
            return try await body(check).map { [$0] } ?? []
        } catch let error as PostgresError where error.code == .insufficientPrivilege {
            return [HealthFinding(check, .skip, "Only members of s3cache_reader may look at it.")]
        }
    }

    /// Nil where no worker runs: another check says so.
    private func agreement(_ check: String) async throws -> HealthFinding? {
        let rows = try await connection.query(
            """
            select w.name, w.version, d.key, d.value
            from s3cache.workers w left join lateral jsonb_each_text(w.environment_digests) d on true
            where w.state <> 'dead'
            order by w.id, d.key
            """)
        var workers: [(name: String, version: String, digests: [String: String])] = []
        for row in rows {
            let name: String = try row["name"]
            if workers.last?.name != name { workers.append((name, try row["version"], [:])) }
            if let key: String = try row["key"], let value: String = try row["value"] {
                workers[workers.count - 1].digests[key] = value
            }
        }
        guard let first = workers.first else { return nil }
        for other in workers.dropFirst() {
            if let setting = Self.difference(first.digests, other.digests) {
                return HealthFinding(
                    check, .fail,
                    "\(ObjectKey(first.name).quoted) and \(ObjectKey(other.name).quoted) disagree on the \(setting): start all "
                        + "workers with the same environment, or set it with s3cache.configure().")
            }
            if first.version != other.version {
                return HealthFinding(
                    check, .warn,
                    "\(ObjectKey(first.name).quoted) is version \(first.version), \(ObjectKey(other.name).quoted) version "
                        + "\(other.version): restart the older one with the new program.")
            }
        }
        if let setting = Self.difference(first.digests, try await ownDigests()) {
            return HealthFinding(
                check, .warn,
                "The workers' \(setting) is not the one of this environment, so what is checked here is not what they do: run "
                    + "this with their environment.")
        }
        return HealthFinding(check, .pass, "The environments of workers and of this command agree.")
    }

    /// As `s3cache.workers.environment_digests` has them.
    private func ownDigests() async throws -> [String: String] {
        var digests: [String: String] = [:]
        for (name, value) in own {
            digests[name] = try await connection.query(
                "select left(encode(sha256(convert_to($1, 'UTF8')), 'hex'), 16) as digest", [.string(value)]
            ).only["digest"]
        }
        return digests
    }

    private static func difference(_ one: [String: String], _ other: [String: String]) -> String? {
        Set(one.keys).union(other.keys).sorted().first { one[$0] != other[$0] }
    }

    private func listening(_ check: String) async throws -> HealthFinding? {
        let rows = try await connection.query(
            """
            select w.name, pg_notification_queue_usage() as usage,
                not w.listens and w.started_at < clock_timestamp() - $1::float8 * interval '1 second' as deaf
            from s3cache.workers w
            where w.state in ('idle', 'busy')
            order by w.id
            """, [.double(limits.deafWorker.seconds)])
        guard let usage: Double = try rows.first.map({ try $0["usage"] }) else { return nil }
        if usage > limits.notificationRoom {
            return HealthFinding(
                check, .fail,
                "The room for notifications is \(Int(usage * 100)) % full, because a session that listens is stuck in a "
                    + "transaction: look in pg_stat_activity for the oldest one, and end it.")
        }
        let deaf: [String] = try rows.filter { try $0["deaf"] }.map { try $0["name"] }
        guard deaf.isEmpty else {
            return HealthFinding(
                check, .warn,
                "\(deaf.map { ObjectKey($0).quoted }.joined(separator: ", ")) cannot LISTEN, so jobs wait for the next poll: "
                    + "connect workers directly, or through a pooler in session mode.")
        }
        return HealthFinding(check, .pass, "All workers listen.")
    }

    private func queue(_ check: String) async throws -> HealthFinding? {
        let paused: [String] = try await connection.query(
            "select name from s3cache.cache where paused order by name"
        ).map { try $0["name"] }
        guard paused.isEmpty else {
            return HealthFinding(
                check, .warn,
                "The jobs of \(paused.map { ObjectKey($0).quoted }.joined(separator: ", ")) wait, because the cache is paused: "
                    + "s3cache.configure(…, paused => false) lets them run.")
        }
        let row = try await connection.query(
            """
            select coalesce(max(value) filter (where name = 's3cache_queue_age_seconds'), 0) as age,
                coalesce(sum(value) filter (where name = 's3cache_jobs'), 0)::bigint as jobs
            from s3cache.metrics
            """
        ).only
        let age: Double = try row["age"]
        let jobs: Int64 = try row["jobs"]
        guard age > limits.queuedJob.seconds,
            try await connection.query("select s3cache.worker_lives() as lives").only["lives"]
        else { return HealthFinding(check, .pass, "\(jobs) jobs have not ended.") }
        return HealthFinding(
            check, .warn,
            "The oldest of \(jobs) jobs has been due for \(Int(age)) seconds: start more workers, or look in their logs for "
                + "what keeps them.")
    }

    private func failures(_ check: String) async throws -> HealthFinding? {
        let rows = try await connection.query(
            """
            select j.kind, count(*) as number,
                (array_agg(j.error order by j.finished_at desc, j.id desc))[1] as error
            from s3cache.jobs j
            where j.state = 'failed' and j.finished_at > clock_timestamp() - interval '1 day'
            group by j.kind order by count(*) desc, j.kind limit 1
            """)
        guard let row = rows.first else { return HealthFinding(check, .pass, "None in the last day.") }
        let (kind, number): (String, Int64) = (try row["kind"], try row["number"])
        let error: String? = try row["error"]
        return HealthFinding(
            check, .warn,
            "\(number) of kind \(kind) in the last day, the last because: \(error ?? "nobody knows.") When that is mended, "
                + "s3cache.retry() runs them again.")
    }

    private func bloat(_ check: String) async throws -> HealthFinding? {
        let rows = try await connection.query(
            """
            select s.relname, s.n_dead_tup as dead
            from pg_stat_all_tables s
            where s.schemaname = 's3cache' and s.n_dead_tup >= $1 and s.n_dead_tup > 2 * s.n_live_tup
            order by s.n_dead_tup desc limit 1
            """, [.int64(limits.deadRows)])
        guard let row = rows.first else { return HealthFinding(check, .pass, "Few, compared with the live ones.") }
        let (table, dead): (String, Int64) = (try row["relname"], try row["dead"])
        return HealthFinding(
            check, .warn,
            "\(dead) in s3cache.\(table), more than twice the live ones, which slows every claim: VACUUM s3cache.\(table); and "
                + "see that autovacuum is on and no transaction stays open.")
    }

    private func openTransactions(_ check: String) async throws -> HealthFinding? {
        let rows = try await connection.query(
            """
            select who, fix, seconds
            from (
                select 'Session ' || a.pid as who, 'SELECT pg_terminate_backend(' || a.pid || ')' as fix,
                    extract(epoch from clock_timestamp() - a.xact_start)::float8 as seconds
                from pg_stat_activity a
                where a.xact_start is not null and a.pid <> pg_backend_pid() and a.backend_type = 'client backend'
                    and (a.backend_xmin is not null or a.backend_xid is not null)
                union all
                select 'The prepared transaction ' || quote_literal(p.gid), 'ROLLBACK PREPARED ' || quote_literal(p.gid),
                    extract(epoch from clock_timestamp() - p.prepared)::float8
                from pg_prepared_xacts p
            ) x
            where seconds >= $1 order by seconds desc limit 1
            """, [.double(limits.openTransaction.seconds)])
        guard let row = rows.first else {
            return HealthFinding(
                check, .pass, "None that this role sees is older than \(Int(limits.openTransaction.seconds)) s.")
        }
        let (who, fix, seconds): (String, String, Double) = (try row["who"], try row["fix"], try row["seconds"])
        return HealthFinding(
            check, .warn,
            "\(who) has had a transaction open for \(Int(seconds)) s, so dead rows of the whole database stay, and the queue "
                + "gets slow: \(fix); if nobody needs it.")
    }

    /// What standbys and other readers of the log hold back; since when nobody tells, so it is counted in transactions.
    private func replication(_ check: String) async throws -> HealthFinding? {
        let rows = try await connection.query(
            """
            select who, kept, fix, held
            from (
                select 'The replication slot ' || quote_literal(s.slot_name) as who,
                    case when s.xmin is null then 'the system catalogs' else 'the whole database' end as kept,
                    case
                        when s.active then 'see what its reader waits for, or end the oldest query of the standby that reads it'
                        else 'start what reads it, or SELECT pg_drop_replication_slot(' || quote_literal(s.slot_name)
                            || '); if nothing does'
                    end as fix,
                    greatest(age(s.xmin), age(s.catalog_xmin))::bigint as held
                from pg_replication_slots s
                union all
                select 'The standby ' || quote_literal(r.application_name), 'the whole database',
                    'end its oldest query, or set hot_standby_feedback = off there', age(r.backend_xmin)::bigint
                from pg_stat_replication r
            ) x
            where held >= $1 order by held desc limit 1
            """, [.int64(limits.heldTransactions)])
        guard let row = rows.first else { return HealthFinding(check, .pass, "It keeps no dead rows for long.") }
        let (who, kept, fix): (String, String, String) = (try row["who"], try row["kept"], try row["fix"])
        let held: Int64 = try row["held"]
        return HealthFinding(
            check, .warn,
            "\(who) keeps what died in the last \(held) transactions of \(kept), so tables grow and get slow: \(fix).")
    }
}

extension Duration {
    /// As PostgreSQL takes them.
    fileprivate var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1_000_000_000_000_000_000
    }
}
