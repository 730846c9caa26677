package import Core
internal import Postgres

extension PostgresCacheStore {
    package func rows(
        of cacheID: Int32, in ranges: [KeyRange], asOf: Timestamp?, limit: Int
    ) async throws -> CachedRows {
        guard !ranges.isEmpty else { return CachedRows(parts: [], isComplete: true) }
        // One statement for all: each range is a stretch of the unique index, read in the order of the list.
        let sql = """
            copy (
                select r.part, o.filename, o.size, o.etag, o.last_modified, o.storage_class, o.state = 'present',
                    o.is_newer
                from (values \(try ranges.enumerated().map(Self.bounds).joined(separator: ","))) as r (part, lower, is_from, upper, is_through)
                cross join lateral (
                    select filename, size, etag, last_modified, storage_class, state, \(Self.isNewer(than: asOf)) as is_newer
                    from s3cache.object
                    where cache_id = \(cacheID) and location = 's3'
                        and filename >= r.lower collate "C" and (r.is_from or filename <> r.lower)
                        and filename <= r.upper collate "C" and (r.is_through or filename <> r.upper)
                    order by filename
                ) o
                limit \(limit)
            ) to stdout (format binary)
            """
        let parts = try await pool.withConnection { connection in
            try await connection.transaction(readOnly: true) { connection in
                // Without statistics the planner would read and sort the table.
                try await connection.execute(
                    """
                    set local enable_seqscan = off; set local enable_bitmapscan = off; set local enable_sort = off; set local \
                    jit = off; set local max_parallel_workers_per_gather = 0
                    """)
                return try await connection.copyOut(sql, into: [[CachedRow]]()) { parts, row in
                    let part = Int(try row.int4(0))
                    guard ranges.indices.contains(part), part >= parts.count - 1 else { throw RowsOutOfOrder() }
                    while parts.count <= part { parts.append([]) }
                    parts[part].append(try CachedRow(row))
                }
            }
        }
        var rows = CachedRows(parts: parts, isComplete: true)
        if parts.reduce(0, { $0 + $1.count }) >= limit {
            rows.isComplete = false
        } else {
            while rows.parts.count < ranges.count { rows.parts.append([]) }
        }
        return rows
    }

    /// Whether a row says what is known from later: as s3cache.apply_slice() has it.
    private static func isNewer(than asOf: Timestamp?) -> String {
        guard let asOf else { return "false" }
        return """
            greatest(last_modified, case when state <> 'unverified' then coalesce(verified_at, updated_at) else updated_at end)
                > timestamptz 'epoch' + \(asOf.microseconds) * interval '1 microsecond'
            """
    }

    /// Thrown if the server gave rows of an earlier range behind those of a later one.
    private struct RowsOutOfOrder: Error {}

    /// A range as a row of VALUES.
    private static func bounds(_ part: Int, _ range: KeyRange) throws -> String {
        let lower =
            switch range.lower {
            case .first: "'', true"
            case .from(let key): "\(try PostgresLiteral(key.string)), true"
            case .after(let key): "\(try PostgresLiteral(key.string)), false"
            }
        let upper =
            switch range.upper {
            // Longer than any filename of the greatest character there is.
            case .last: "repeat(chr(1114111), 257), true"
            case .through(let key): "\(try PostgresLiteral(key.string)), true"
            case .before(let key): "\(try PostgresLiteral(key.string)), false"
            }
        return "(\(part), \(lower), \(upper))"
    }
}

extension CachedRow {
    /// A row of the COPY in `rows(of:in:limit:)`.
    fileprivate init(_ row: borrowing BinaryCopyRow) throws {
        self.init(
            filename: ObjectKey(try row.text(1)),
            size: try row.isNull(2) ? nil : try row.int8(2),
            etag: try row.isNull(3) ? nil : try row.text(3),
            lastModified: try row.isNull(4) ? nil : Timestamp(microseconds: try row.unixMicroseconds(4)),
            storageClass: try row.isNull(5) ? nil : try row.text(5),
            isPresent: try row.bool(6), isNewer: try row.bool(7))
    }
}
