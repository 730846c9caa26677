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
        _ text: String, _ what: String, signatures: Set<String>, key: String,
        _ location: SourceLocation = #_sourceLocation
    ) {
        // Also as it stands in a URL or in JSON, and parts of it.
        let forbidden = [
            Self.secret, Self.secret.replacing("/", with: "\\/"), "SECRETKEY", "K7MDENG", Self.token, "SESSIONTOKEN",
            key,
            "Authorization", "authorization", "AWS4-HMAC-SHA256", "X-Amz-Signature", "Signature=",
            "x-amz-security-token",
        ]
        for word in forbidden + signatures where text.contains(word) {
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
            ids.append(Int64(try await session.number("select s3cache.verify(prefix => '')")))
            let worker = try place.startWorker(variables, options: ["--log-level", "trace"])
            for id in ids {
                try await waitUntil("the end of an attempt at job \(id)") {
                    !["queued", "running"].contains(try await session.status(of: id).state)
                }
            }
            var texts: [(what: String, text: String)] = []
            for command in [
                ["doctor"], ["doctor", "--json"], ["get", "a"], ["get", "a", "-o", place.files.path(of: "a")],
                ["stats", "--json"], ["jobs", "--json"],
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
            for (what, text) in texts { check(text, what, signatures: signatures, key: key) }
        }
    }

    /// Every row of every table and view of ours, and what the server keeps about sessions.
    private func everything(in session: CacheSession) async throws -> String {
        let relations = try await session.texts(
            """
            select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm') and n.nspname in ('s3cache', 'public') order by 1
            """)
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
