package import Core
package import Postgres

/// Signing keys and presigned URLs in PostgreSQL.
///
/// What is secret goes in by binary COPY: a server that logs statements logs their parameters too, but no COPY's data.
package struct PostgresURLStore: URLStore {
    private let pool: PostgresPool

    /// The URLs behind a pool; each call borrows one connection.
    package init(pool: PostgresPool) { self.pool = pool }

    package func wantedSigningKeys() async throws -> [SigningKeyDemand] {
        let rows = try await pool.withConnection {
            try await $0.query(
                """
                select profile, purpose, region, first_day - date '1970-01-01' as first_day,
                    last_day - date '1970-01-01' as last_day, access_key_id,
                    (extract(epoch from obtained_at) * 1000000)::bigint as obtained_at,
                    (extract(epoch from expires_at) * 1000000)::bigint as expires_at,
                    array(select (d - date '1970-01-01')::bigint from unnest(published_days) as d) as published_days
                from s3cache.wanted_signing_keys()
                """)
        }
        return try rows.compactMap { try SigningKeyDemand($0) }
    }

    package func publish(
        _ keys: [DerivedSigningKey], of credential: SigningCredential, for scope: SigningKeyScope
    ) async throws {
        try await pool.withConnection { connection in
            try await connection.copyIn(
                """
                copy s3cache.signing_key (
                    profile, purpose, region, day, access_key_id, session_token, obtained_at, expires_at, inner_pad, outer_pad
                ) from stdin (format binary)
                """
            ) { writer in
                for key in keys {
                    try writer.beginRow(columns: 10)
                    writer.append(scope.profile ?? "")
                    writer.append(scope.purpose.rawValue)
                    writer.append(scope.region)
                    writer.append(dayOf1970: key.day)
                    writer.append(credential.accessKeyID.value)
                    writer.append(orNull: credential.sessionToken?.value)
                    writer.append(unixMicroseconds: credential.obtainedAt.microseconds)
                    if let end = credential.expiresAt {
                        writer.append(unixMicroseconds: end.microseconds)
                    } else {
                        writer.appendNull()
                    }
                    writer.append(key.innerPad.value)
                    writer.append(key.outerPad.value)
                }
            }
        }
    }

    package func pruneSigningKeys() async throws -> Int {
        try await pool.withConnection { try await $0.query("select s3cache.prune_signing_keys() as pruned") }
            .only["pruned"]
    }

    package func prunePresigned(limit: Int, from place: PruningPlace?) async throws -> Pruned {
        try await pool.prune("s3cache.prune_presigned($1, $2)", [.int(limit)], from: place)
    }

    package func complete(_ job: Job, presigned files: [PresignedFile]) async throws -> Bool {
        try await pool.yielding(for: job) { connection in
            try await connection.execute(
                "create temporary table s3cache_signed (position integer, filename text, url text, expires_at timestamptz) on commit drop"
            )
            try await connection.copyIn(
                "copy pg_temp.s3cache_signed (position, filename, url, expires_at) from stdin (format binary)"
            ) { writer in
                for (position, file) in files.enumerated() {
                    try writer.beginRow(columns: 4)
                    writer.append(Int32(clamping: position))
                    writer.append(file.filename)
                    writer.append(file.url.text)
                    writer.append(unixMicroseconds: file.url.expiresAt.microseconds)
                }
            }
            return try await connection.query(
                """
                select s3cache.complete_presign($1, $2, array(select filename from pg_temp.s3cache_signed order by position),
                    array(select url from pg_temp.s3cache_signed order by position),
                    array(select expires_at from pg_temp.s3cache_signed order by position))
                """, [.int64(job.id), .int64(job.token)])
        } != nil
    }
}

extension SigningKeyDemand {
    /// A row of `s3cache.wanted_signing_keys()`; nil for a purpose that only a later version knows.
    fileprivate init?(_ row: PostgresRow) throws {
        guard let purpose = SigningKeyScope.Purpose(rawValue: try row["purpose"]) else { return nil }
        let profile: String = try row["profile"]
        let first: Int = try row["first_day"]
        let last: Int = try row["last_day"]
        guard first <= last else { return nil }
        let id: String? = try row["access_key_id"]
        let obtained: Int64? = try row["obtained_at"]
        let expires: Int64? = try row["expires_at"]
        let days: [Int64] = try row["published_days"]
        var published: Published?
        if let id, let obtained {
            published = Published(
                accessKeyID: id, obtainedAt: Timestamp(microseconds: obtained),
                expiresAt: expires.map { Timestamp(microseconds: $0) }, days: days.map { Int($0) })
        }
        self.init(
            scope: SigningKeyScope(
                profile: profile.isEmpty ? nil : profile, purpose: purpose, region: try row["region"]),
            days: first...last, published: published)
    }
}

extension BinaryCopyWriter {
    /// A `date`, as days since 1970-01-01: PostgreSQL counts from 2000-01-01.
    fileprivate mutating func append(dayOf1970 day: Int) { append(Int32(clamping: day - 10_957)) }
}
