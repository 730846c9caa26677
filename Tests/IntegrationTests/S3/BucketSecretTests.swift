import BucketSupport
import Core
import Foundation
import TestSupport
import Testing

/// What requests are signed with, and the signatures, never come out of the program, nor into the database or its log.
@Suite(.timeLimit(.minutes(15))) struct BucketSecretTests {
    /// Recognisable, and of the characters that real ones have.
    static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYSECRETKEY+x"
    static let token = "IQoJb3JpZ2luX2VjSESSIONTOKEN//////////wEaCXVzLWVhc3QtMSJ="

    /// How the server answers, with everything that the request held repeated in the answer.
    enum Answer: String, CaseIterable, Sendable {
        case badSignature, expired, redirected, notXML, brokenListing, overloaded, empty

        func fault(_ request: FaultProxy.Request) -> FaultProxy.Fault {
            let all = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n") + "\n" + request.target
            switch self {
            case .badSignature: return AmazonAnswer.signatureDoesNotMatch(request)
            case .expired: return AmazonAnswer.expiredToken(request)
            case .redirected: return AmazonAnswer.permanentRedirect(region: "eu-west-1")
            case .notXML:
                return .status(400, headers: [("X-Amz-Request-Id", "x \(all.prefix(20))")], body: Array(all.utf8))
            case .brokenListing:
                return .status(
                    200,
                    body: Array(
                        """
                        <ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>k</Key>\
                        <Size>\(request["authorization"] ?? "")</Size></Contents></ListBucketResult>
                        """.utf8))
            case .overloaded: return .status(503, body: Array("<Error><Code>\(all)</Code></Error>".utf8))
            case .empty: return .close(.beforeRequest)
            }
        }
    }

    /// Throws what it finds, named by where.
    private func check(
        _ text: String, _ what: String, secrets: Set<String>, key: String,
        _ location: SourceLocation = #_sourceLocation
    ) {
        // Also as it stands in a URL or in JSON, and parts of it.
        let forbidden = [
            Self.secret, Self.secret.replacing("/", with: "\\/"), "SECRETKEY", "K7MDENG", Self.token, "SESSIONTOKEN",
            key,
            "Authorization", "authorization", "AWS4-HMAC-SHA256", "X-Amz-Signature", "Signature=",
            "x-amz-security-token",
        ]
        for word in forbidden + secrets where text.contains(word) {
            let start = text.range(of: word).map { text[..<$0.lowerBound].suffix(200) } ?? ""
            Issue.record("\(what) has \(word) after \(start)", sourceLocation: location)
        }
    }

    private static func signature(of request: FaultProxy.Request) -> String? {
        request["authorization"]?.split(separator: "Signature=").last.map(String.init)
    }

    @Test(arguments: Answer.allCases) func secretsAndSignaturesStayInside(answer: Answer) async throws {
        try await BucketSite.use(faults: { answer.fault($0) }) { place in
            let database = place.site.database.name
            // Every statement with its parameters, as on a server whose administrator looks for a fault.
            try await place.session.run("alter database \(database) set log_statement = 'all'")
            try await place.session.run("alter database \(database) set log_min_duration_statement = 0")
            let session = CacheSession(connection: try await place.site.database.connect())
            let key = "AKIAIOSFODNN7EXAMPLE"
            let variables: [String: String?] = [
                "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": Self.secret, "AWS_SESSION_TOKEN": Self.token,
            ]
            var ids = [
                try await session.enqueueRebuild(),
                Int64(try await session.number("select s3cache.upload('a', 'abc'::bytea)")),
                Int64(try await session.number("select s3cache.read('b')")),
                Int64(try await session.number("select s3cache.delete_object('c')")),
            ]
            try await session.run("insert into s3_image_cache (filename) values ('d')")
            ids.append(Int64(try await session.number("select s3cache.presign(array['e', 'f'])")))
            ids.append(Int64(try await session.number("select s3cache.verify(prefix => '')")))
            let worker = try place.startWorker(variables, options: ["--log-level", "trace"])
            for id in ids {
                try await waitUntil("the end of an attempt at job \(id)") {
                    !["queued", "running"].contains(try await session.status(of: id).state)
                }
            }
            try await waitUntil("SQL signs") { try await session.text("select s3cache.url('a')") != nil }
            try await waitUntil("SQL signs uploads too") {
                try await session.number("select count(*) from s3cache.signing_key where purpose = 'upload'") > 0
            }
            try await session.run("select s3cache.upload_url('a', content_type => 'image/png')")
            var secrets = Set(try await padsInAllForms(session))
            secrets.formUnion(
                try await session.texts("select right(url, 64) from s3cache.presigned_row"))
            // Of four days, whatever the purpose, two pads in four forms; and two signatures.
            #expect(secrets.count == 4 * 2 * 4 + 2)
            var texts: [(what: String, text: String)] = []
            for command in [
                ["doctor"], ["doctor", "--json"], ["get", "a"], ["get", "a", "-o", place.files.path(of: "a")],
                ["stats", "--json"], ["jobs", "--json"], ["urls", "--public", "a"],
            ] {
                let (_, process) = try await S3CacheProgram.run(command, environment: place.environment(variables))
                texts.append(("\(command)", process.standardOutput + process.standardError))
            }
            texts.append(("the database", try await everything(in: session)))
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0))
            let log = worker.standardOutput + worker.standardError
            #expect(log.contains("Worker started"))
            texts.append(("the worker's log", log))
            texts.append(("the database afterwards", try await everything(in: session)))
            let serverLog = try serverLog(of: database)
            #expect(serverLog.contains("s3cache.fail_job") && serverLog.contains("s3cache.register_worker"))
            texts.append(("the server's log", serverLog))

            let requests = place.proxy.requests
            #expect(!requests.isEmpty && requests.allSatisfy { $0["x-amz-security-token"] == Self.token })
            let signatures = Set(requests.compactMap(Self.signature))
            #expect(signatures.count > 0 && signatures.allSatisfy { $0.count == 64 })
            #expect(serverLog.contains("copy s3cache.signing_key") && serverLog.contains("s3cache.complete_presign"))
            #expect(log.contains("Signing keys published"))
            for (what, text) in texts { check(text, what, secrets: signatures.union(secrets), key: key) }
        }
    }

    /// What only the owner of everything may read: signing keys and what is made of them, and URLs that workers signed for
    /// others.
    private static let locked = ["s3cache.presigned_row", "s3cache.signing_key", "s3cache.url_plan"]

    /// The pads of all signing keys as text could have them: hexadecimal, base64, PostgreSQL's escapes and Swift's arrays.
    private func padsInAllForms(_ session: CacheSession) async throws -> [String] {
        try await session.texts(
            """
            select form
            from s3cache.signing_key k, unnest(array[k.inner_pad, k.outer_pad]) as pad,
                unnest(array[
                    encode(pad, 'hex'), translate(encode(pad, 'base64'), E'\\n', ''), encode(pad, 'escape'),
                    (select string_agg(get_byte(pad, i)::text, ', ' order by i) from generate_series(0, 63) as i)]) as form
            """)
    }

    /// Every row of every table and view of ours but the locked ones, and what the server keeps about sessions.
    private func everything(in session: CacheSession) async throws -> String {
        let all = try await session.texts(
            """
            select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm') and n.nspname in ('s3cache', 'public') order by 1
            """)
        let locked = try await session.texts(
            """
            select relation from unnest($1::text[]) as relation
            where not exists (
                select from unnest(array['s3cache_reader', 's3cache_writer', 's3cache_admin', 's3cache_worker']) as role
                where has_any_column_privilege(role, relation, 'select'))
            order by 1
            """, "{\(Self.locked.joined(separator: ","))}")
        #expect(locked == Self.locked)
        // Who asked for URLs sees his own in s3cache.presigned.
        let relations = all.filter { !Self.locked.contains($0) && $0 != "s3cache.presigned" }
        #expect(relations.contains("s3cache.worker") && relations.contains("s3cache.job_history"))
        var rows: [String] = []
        for relation in relations + ["pg_stat_activity"] {
            rows += try await session.texts("select row_to_json(r)::text from \(relation) r")
        }
        return rows.joined(separator: "\n")
    }

    /// The lines of the server's log about one database. It stands beside the socket: `scripts/test-cluster.sh`.
    private func serverLog(of database: String) throws -> String {
        let directory = ProcessInfo.processInfo.environment["PGHOST"] ?? ""
        let log = try String(decoding: Data(contentsOf: URL(fileURLWithPath: directory + "/server.log")), as: UTF8.self)
        // A statement of several lines goes on after its first one, which names the database.
        var isOurs = false
        return log.split(separator: "\n").filter { line in
            if line.first?.isNumber == true { isOurs = line.contains("@\(database) ") }
            return isOurs
        }.joined(separator: "\n")
    }
}
