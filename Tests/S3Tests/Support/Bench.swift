import HTTP
import S3
import Synchronization
import TestSupport

/// A client, the scripted server that it talks to, and what it asked for.
struct Bench {
    let server: ScriptedServer
    let clock: TestClock
    let credentials: RotatingCredentials
    let requests: RequestLog
    let client: S3Client

    /// The n-th request (0 is the first) gets the n-th answer, later ones the last.
    static func use<Result>(
        answers: [String], random: Double = 0.5, change: (inout S3ClientSettings) -> Void = { _ in },
        _ body: (Bench) async throws -> Result
    ) async throws -> Result {
        try await use(random: random, change: change, script: { answers[min($0, answers.count - 1)] }, body)
    }

    /// Each request gets what `script` makes of its number; `!` at the end of an answer closes the connection after it.
    static func use<Result>(
        random: Double = 0.5, change: (inout S3ClientSettings) -> Void = { _ in },
        script: @escaping @Sendable (Int) -> String, _ body: (Bench) async throws -> Result
    ) async throws -> Result {
        let log = RequestLog()
        let server = try ScriptedServer { connection in
            while let request = try connection.readRequest() {
                let answer = script(log.append(request))
                try connection.send(answer.hasSuffix("!") ? String(answer.dropLast()) : answer)
                if answer.hasSuffix("!") { return }
            }
        }
        let clock = TestClock()
        let credentials = try RotatingCredentials("AKIAFIRST", "AKIASECOND")
        var settings = S3ClientSettings(endpoint: try S3Endpoint(server.origin))
        settings.clock = clock
        settings.random = { random }
        settings.timeouts.stall = .seconds(60)
        change(&settings)
        let http = try HTTPClient()
        do {
            let client = try S3Client(http: http, credentials: credentials, settings: settings)
            let bench = Bench(server: server, clock: clock, credentials: credentials, requests: log, client: client)
            let result = try await body(bench)
            await http.close()
            return result
        } catch {
            await http.close()
            throw error
        }
    }
}

extension Bench {
    /// A client for tests that send nothing; it ends when it is let go.
    static func idleHTTP() throws -> HTTPClient { try HTTPClient() }
}

/// The requests that a server got.
final class RequestLog: Sendable {
    private let requests = Mutex<[ServedRequest]>([])

    /// Keeps one more, and gives its number, from 0.
    func append(_ request: ServedRequest) -> Int {
        requests.withLock { requests in
            requests.append(request)
            return requests.count - 1
        }
    }

    var all: [ServedRequest] { requests.withLock(\.self) }

    var count: Int { all.count }

    /// Method and target of each.
    var lines: [String] {
        all.map { ($0.lines.first ?? "").replacing(" HTTP/1.1", with: "") }
    }
}

/// The error that `body` throws, as an S3Error; nil when it throws none.
func s3Error(_ body: () async throws -> Void) async throws -> S3Error? {
    do {
        try await body()
        return nil
    } catch let error as S3Error {
        return error
    }
}
