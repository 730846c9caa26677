import Adapters
import Core
import Glibc
import Synchronization
import TestSupport
import Testing

/// Commands of the operator, run by a real shell.
@Suite(.timeLimit(.minutes(5))) struct HookCommandTests {
    /// As the program does: one that closes its input must not end who writes to it.
    init() { signal(SIGPIPE, SIG_IGN) }

    private static let object = HookedObject(
        cache: "c", bucket: "b", key: ObjectKey("a 'b' $c.jpg"), url: "https://cdn.example.com/a",
        contentType: "image/jpeg", size: 3)

    private static func environment(_ variable: String, _ script: String) -> [String: String] {
        [variable: "/bin/sh -c '\(script)'", "PATH": "/usr/bin:/bin", "AWS_SECRET_ACCESS_KEY": "hunter2"]
    }

    /// Pieces, one a call.
    private static func pieces(_ pieces: [[UInt8]]) -> @Sendable () async throws -> [UInt8]? {
        let left = Shared(pieces[...])
        return { left.withLock { $0.popFirst() } }
    }

    private func scan(
        _ script: String, _ bytes: [[UInt8]] = [Array("abc".utf8)], limit: Duration = .seconds(60)
    ) async throws {
        let scanner = try #require(
            try ScanCommand(environment: Self.environment("S3CACHE_SCAN_COMMAND", script), limit: limit))
        try await scanner.scan(Self.object, next: Self.pieces(bytes))
    }

    private func failure(of body: () async throws -> Void) async -> JobFailure? {
        do {
            try await body()
            return nil
        } catch { return error as? JobFailure }
    }

    @Test func whatIsFineComesBackQuietly() async throws {
        try await scan("test \"$(cat)\" = abc")
        try await scan("test \"$S3CACHE_KEY\" = \"a \"\"$(printf \"\\\\047b\\\\047\")\"\" \\$c.jpg\"")
        try await scan("test \"$S3CACHE_CACHE $S3CACHE_BUCKET\" = \"c b\"")
        try await scan("test \"$S3CACHE_CONTENT_TYPE $S3CACHE_SIZE\" = \"image/jpeg 3\"")
    }

    @Test func secretsOfTheWorkerAreNotItsOwn() async throws {
        try await scan("test -z \"$AWS_SECRET_ACCESS_KEY\"")
    }

    @Test func largeBytesAreStreamed() async throws {
        let piece = [UInt8](repeating: 7, count: 1 << 20)
        try await scan("test $(wc -c) = 20971520", Array(repeating: piece, count: 20))
    }

    /// A scanner may know enough after the first bytes.
    @Test func oneThatClosesItsInputIsGivenNoMore() async throws {
        let piece = [UInt8](repeating: 7, count: 1 << 20)
        try await scan("exec <&-; exit 0", Array(repeating: piece, count: 20))
    }

    @Test(arguments: [
        ("cat >/dev/null; exit 1", "scan_refused", false), ("exit 2", "scan_failed", true),
        ("kill -9 $$", "scan_failed", true),
    ])
    func whatItRefusesFails(script: String, code: String, isRetryable: Bool) async throws {
        let failure = await failure { try await scan(script) }
        #expect(failure?.code == code && failure?.isRetryable == isRetryable, "\(String(describing: failure))")
    }

    @Test func oneThatTakesTooLongIsEnded() async throws {
        let failure = await failure { try await scan("sleep 600", limit: .milliseconds(300)) }
        #expect(failure?.code == "scan_failed" && failure?.message.contains("longer") == true)
    }

    @Test func whatTheBytesThrowIsThrown() async throws {
        struct Gone: Error {}
        let scanner = try #require(
            try ScanCommand(environment: Self.environment("S3CACHE_SCAN_COMMAND", "cat >/dev/null")))
        await #expect(throws: Gone.self) { try await scanner.scan(Self.object) { throw Gone() } }
    }

    @Test func purgeGetsTheAddress() async throws {
        let purger = try #require(
            try PurgeCommand(
                environment: Self.environment(
                    "S3CACHE_PURGE_COMMAND", "test \"$S3CACHE_URL\" = https://cdn.example.com/a")))
        try await purger.purge(Self.object)
        var other = Self.object
        other.url = nil
        let failure = await failure { try await purger.purge(other) }
        #expect(failure?.code == "purge_failed" && failure?.isRetryable == true)
    }

    @Test func withoutACommandThereIsNone() throws {
        #expect(try ScanCommand(environment: [:]) == nil)
        #expect(try PurgeCommand(environment: ["S3CACHE_PURGE_COMMAND": ""]) == nil)
        #expect(throws: JobFailure.self) { try ScanCommand(environment: ["S3CACHE_SCAN_COMMAND": "a 'b"]) }
        #expect(throws: JobFailure.self) { try PurgeCommand(environment: ["S3CACHE_PURGE_COMMAND": "''"]) }
    }

    @Test(arguments: ["/no/such/program", "no-such-program", "sh", "/etc/passwd"])
    func aProgramThatIsNotThereIsNone(program: String) throws {
        #expect(throws: JobFailure.self) {
            try ScanCommand(environment: ["S3CACHE_SCAN_COMMAND": "\(program) -x", "PATH": "/etc"])
        }
    }

    @Test func aNameIsLookedForInThePath() throws {
        #expect(try ScanCommand(environment: ["S3CACHE_SCAN_COMMAND": "sh -x", "PATH": "/etc:/bin"]) != nil)
    }
}
