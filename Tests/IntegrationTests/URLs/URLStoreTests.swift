import Adapters
import Core
import Postgres
import TestSupport
import Testing

/// What workers tell the database about URLs, and what comes back.
@Suite(.timeLimit(.minutes(15))) struct URLStoreTests {
    private func credential(
        _ id: String = "AKIAEXAMPLE", token: String? = nil, obtained: Int64 = 1_000_000, expires: Int64? = nil
    ) -> SigningCredential {
        SigningCredential(
            accessKeyID: id, sessionToken: token, obtainedAt: Timestamp(microseconds: obtained),
            expiresAt: expires.map { Timestamp(microseconds: $0) }
        ) { region, day in
            let byte = UInt8(truncatingIfNeeded: day &+ region.utf8.count)
            return DerivedSigningKey(
                day: day, innerPad: Array(repeating: byte, count: 64), outerPad: Array(repeating: ~byte, count: 64))
        }
    }

    private func demand(
        _ rig: Rig, _ purpose: SigningKeyScope.Purpose, _ urls: PostgresURLStore? = nil
    ) async throws -> SigningKeyDemand {
        let demands = try await (urls ?? rig.urls).wantedSigningKeys()
        let first = demands.first { $0.scope.purpose == purpose }
        return try #require(first)
    }

    @Test func nothingIsWantedUntilACacheHasABucket() async throws {
        try await Rig.use { rig in
            #expect(try await rig.urls.wantedSigningKeys().isEmpty)
            try await rig.session.run(
                "select s3cache.configure(bucket => 'bucket', region => 'eu-west-3', credentials => 'who', presign_mode => 'worker')"
            )
            let scopes = try await rig.urls.wantedSigningKeys().map(\.scope)
            #expect(scopes == [SigningKeyScope(profile: "who", purpose: .upload, region: "eu-west-3")])
        }
    }

    /// By the database's clock, whatever the session's settings.
    @Test func daysReachFromYesterdayToTheDayAfterTomorrowInUTC() async throws {
        try await Rig.use { rig in
            try await rig.session.run("select s3cache.configure(bucket => 'bucket')")
            for setting in ["datestyle = 'German'", "timezone = 'Pacific/Kiritimati'", "timezone = 'Pacific/Midway'"] {
                try await rig.session.run("alter database \(rig.database.name) set \(setting)")
                let pool = PostgresPool(rig.database.settings, maximum: 1)
                let urls = PostgresURLStore(pool: pool)
                let today = "select (now() at time zone 'UTC')::date - date '1970-01-01'"
                // Unless the day ends between the two.
                try await waitUntil("both see the same day") {
                    let day = try await rig.session.number(today)
                    let presign = try await demand(rig, .presign, urls)
                    let upload = try await demand(rig, .upload, urls)
                    return presign.days == (day - 1)...(day + 2) && upload.days == day...(day + 2)
                        && presign.published == nil
                }
                await pool.close()
            }
        }
    }

    @Test func whatIsPublishedComesBackWithoutTheKeysAndIsStoredToTheByte() async throws {
        try await Rig.use { rig in
            try await rig.session.run("select s3cache.configure(bucket => 'bucket')")
            let wanted = try await demand(rig, .presign)
            let ends = Int64(4_000_000_000) * 1_000_000
            let mine = credential(token: "to/ken", obtained: 1_700_000_000_000_123, expires: ends)
            try await rig.urls.publish(
                try mine.keys(for: wanted.scope.region, on: wanted.days), of: mine, for: wanted.scope)
            let published = try #require(try await demand(rig, .presign).published)
            #expect(published.days == Set(wanted.days) && published.accessKeyID.value == "AKIAEXAMPLE")
            #expect(published.obtainedAt == mine.obtainedAt && published.expiresAt == mine.expiresAt)
            #expect(try await demand(rig, .upload).published == nil)
            let kept = try await rig.session.texts(
                """
                select concat_ws('|', profile, purpose, region, day - date '1970-01-01', access_key_id, session_token,
                    encode(inner_pad, 'hex'), encode(outer_pad, 'hex')) from s3cache.signing_key order by day
                """)
            let expected = try mine.keys(for: "us-east-1", on: wanted.days).map { key in
                let pads = [key.innerPad, key.outerPad].map {
                    $0.value.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
                }
                return "|presign|us-east-1|\(key.day)|AKIAEXAMPLE|to/ken|\(pads[0])|\(pads[1])"
            }
            #expect(kept == expected)
            #expect(mine.daysAreCovered(try await demand(rig, .presign)))
        }
    }

    @Test func keysThatNoCacheNeedsAnyMoreArePruned() async throws {
        try await Rig.use { rig in
            try await rig.session.run("select s3cache.configure(bucket => 'bucket', region => 'eu-west-3')")
            let mine = credential()
            for demand in try await rig.urls.wantedSigningKeys() {
                try await rig.urls.publish(
                    try mine.keys(for: demand.scope.region, on: demand.days), of: mine, for: demand.scope)
            }
            #expect(try await rig.urls.pruneSigningKeys() == 0)
            try await rig.session.run("select s3cache.configure(region => 'eu-west-2')")
            #expect(try await rig.urls.pruneSigningKeys() == 7)
            #expect(try await rig.session.number("select count(*) from s3cache.signing_key") == 0)
        }
    }

    @Test func urlsOfAVoidClaimAreThrownAwayAndExpiredOnesForgotten() async throws {
        try await Rig.use { rig in
            try await rig.session.run("select s3cache.presign(array['a', 'b'])")
            var job = try await rig.claim(.presign)
            #expect(job.arguments.filenames == ["a", "b"])
            let soon = Timestamp(microseconds: 4_000_000_000 * 1_000_000)
            let files = [
                PresignedFile(filename: "a", url: PresignedURL(text: "https://h/a?x'\"\\,{}NULL", expiresAt: soon)),
                PresignedFile(
                    filename: "b", url: PresignedURL(text: "https://h/b", expiresAt: Timestamp(microseconds: 1))),
            ]
            let token = job.token
            job.token += 1
            let void = job
            await #expect(throws: ClaimLost.self) { try await rig.urls.complete(void, presigned: files) }
            #expect(try await rig.session.number("select count(*) from s3cache.presigned_row") == 0)
            job.token = token
            #expect(try await rig.urls.complete(job, presigned: files))
            #expect(try await rig.session.status(of: job.id).count("signed") == 2)
            let kept =
                "select filename || '|' || url || '|' || extract(epoch from expires_at)::bigint from s3cache.presigned order by 1"
            #expect(
                try await rig.session.texts(kept) == ["a|https://h/a?x'\"\\,{}NULL|4000000000", "b|https://h/b|0"])
            #expect(try await rig.urls.prunePresigned(limit: 1, from: nil).count == 1)
            #expect(try await rig.urls.prunePresigned(limit: 1, from: nil).count == 0)
            #expect(try await rig.session.texts("select filename from s3cache.presigned") == ["a"])
        }
    }
}

extension SigningCredential {
    /// Whether nothing of it has to be published.
    fileprivate func daysAreCovered(_ demand: SigningKeyDemand) -> Bool {
        demand.daysToPublish(of: self, lastObtained: nil) == nil
    }
}
