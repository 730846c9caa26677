import Foundation
import SigV4
import TestSupport
import Testing

@testable import S3

@Suite("credential_process")
struct ProcessTests {
    /// A program in a file, which a profile names.
    private func scene(_ script: String, arguments: String = "") throws -> CredentialScene {
        let scene = try CredentialScene()
        let path = try scene.home.write(Array("#!/bin/sh\n\(script)\n".utf8), to: "a program")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        try scene.writeConfig("[profile p]\ncredential_process = \"\(path)\" \(arguments)\n")
        return scene
    }

    private func json(_ parts: String = "") -> String {
        "{\"Version\": 1, \"AccessKeyId\": \"AKIAP\", \"SecretAccessKey\": \"sp\"\(parts)}"
    }

    @Test("what the program prints is taken, with token and end")
    func full() async throws {
        let parts = ", \"SessionToken\": \"t\", \"Expiration\": \"2027-01-15T09:00:00+01:00\", \"Other\": [1]"
        let scene = try scene("echo noise >&2; cat <<'END'\n\(json(parts))\nEND")
        #expect(
            try await scene.chain(profile: "p").load()
                == sampleCredentials("AKIAP", "sp", token: "t", until: 1_800_000_000))
    }

    @Test("it gets its arguments as they are, without a shell, and the environment")
    func arguments() async throws {
        let scene = try scene(
            "[ \"$1\" = 'a b' ] && [ \"$2\" = '$HOME' ] && [ $# = 2 ] && [ \"$MINE\" = ' x ' ] && echo '\(json())'",
            arguments: "'a b' $HOME")
        #expect(try await scene.chain(["MINE": " x "], profile: "p").load() == sampleCredentials("AKIAP", "sp"))
    }

    @Test("a program without a path is found in PATH")
    func path() async throws {
        let scene = try CredentialScene()
        let file = try scene.home.write(Array(json().utf8), to: "out")
        try scene.writeConfig("[profile p]\ncredential_process = cat '\(file)'\n")
        #expect(try await scene.chain(profile: "p").load() == sampleCredentials("AKIAP", "sp"))
    }

    @Test("what a program left running does not hold up its answer")
    func daemon() async throws {
        let scene = try scene("sleep 300 & echo $! > \"$PIDFILE\"; echo '\(json())'")
        let pidFile = scene.home.path(of: "pid")
        #expect(try await scene.chain(["PIDFILE": pidFile], profile: "p").load() == sampleCredentials("AKIAP", "sp"))
        let text = try String(contentsOfFile: pidFile, encoding: .utf8)
        if let pid = pid_t(text.trimmingASCIISpace()), pid > 1 { kill(pid, SIGKILL) }
    }

    @Test(
        "failures say which program to look at, and nothing of what it printed",
        arguments: [
            ("echo hunter2; echo hunter2 >&2; exit 3", CredentialsError.Code.sourceFailed, "failed"),
            ("kill -9 $$", .sourceFailed, "failed"), ("echo hunter2", .sourceFailed, "JSON"),
            ("exit 0", .sourceFailed, "JSON"),
            (
                "echo '{\"Version\": 2, \"AccessKeyId\": \"hunter2\", \"SecretAccessKey\": \"hunter2\"}'", .incomplete,
                "Version"
            ),
            ("echo '{\"AccessKeyId\": \"hunter2\", \"SecretAccessKey\": \"hunter2\"}'", .incomplete, "Version"),
            ("echo '{\"Version\": 1, \"AccessKeyId\": \"hunter2\"}'", .incomplete, "SecretAccessKey"),
            (
                "echo '{\"Version\": 1, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"h\", \"Expiration\": \"hunter2\"}'",
                .incomplete, "Expiration"
            ),
            (
                "echo '{\"Version\": 1, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"hunter2 \"}'", .incomplete,
                "secret"
            ),
            ("head -c 70000 /dev/zero", .incomplete, "65536"),
            ("yes hunter2", .incomplete, "65536"),
        ])
    func failures(script: String, code: CredentialsError.Code, part: String) async throws {
        let error = try await scene(script).failure(profile: "p")
        #expect(error.code == code && error.message.contains(part), "\(error)")
        #expect(error.message.contains("\"p\"") && !error.message.contains("hunter2"))
    }

    @Test("a program that does not exist is named as such", arguments: ["/nowhere/program", "no-such-program-at-all"])
    func absent(program: String) async throws {
        let scene = try CredentialScene()
        try scene.writeConfig("[profile p]\ncredential_process = \(program) x\n")
        let error = try await scene.failure(profile: "p")
        #expect(error.code == .sourceFailed && error.message.contains("exists"))
    }

    @Test("a program that takes too long is ended, with what it started")
    func limit() async throws {
        let directory = try TemporaryDirectory()
        let pids = directory.path(of: "pids")
        let script = "trap '' TERM; echo $$ > '\(pids)'; sleep 300 & echo $! >> '\(pids)'; wait; sleep 300"
        var process = CredentialProcess(
            command: "/bin/sh -c \"\(script.replacing("\\", with: "\\\\").replacing("$", with: "$"))\"",
            origin: "the profile \"p\"", variables: ["PATH": "/usr/bin:/bin"])
        process.limit = .seconds(2)
        let error = try await credentialsError { _ = try await process.load() }
        #expect(error.code == .sourceFailed && error.message.contains("took longer than"))
        let text = try String(contentsOfFile: pids, encoding: .utf8)
        let started = text.split(separator: "\n").compactMap { pid_t($0) }
        #expect(started.count == 2)
        try await waitUntil("the end of the processes") { started.allSatisfy { !Self.isRunning($0) } }
    }

    @Test("cancelling the task ends the program")
    func cancelled() async throws {
        let scene = try scene("echo $$ > \"$PIDFILE\"; exec sleep 300")
        let pidFile = scene.home.path(of: "pid")
        let chain = try scene.chain(["PIDFILE": pidFile], profile: "p")
        let task = Task { try await chain.load() }
        var pid: pid_t?
        try await waitUntil("the start of the program") {
            pid = (try? String(contentsOfFile: pidFile, encoding: .utf8)).flatMap { pid_t($0.trimmingASCIISpace()) }
            return pid != nil
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let started = try #require(pid)
        try await waitUntil("the end of the program") { !Self.isRunning(started) }
    }

    /// Whether the process is there and no zombie.
    private static func isRunning(_ pid: pid_t) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
        return !status.contains(") Z ")
    }
}
