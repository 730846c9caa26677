import Foundation
import TestSupport

/// `openssl s_server`, which answers each GET with a page, with a certificate made for the test.
final class TLSServer: Sendable {
    private let process: ChildProcess
    let port: UInt16

    /// `name` is the certificate of `TestAuthority`.
    init(_ authority: TestAuthority, certificate name: String, arguments: [String] = []) async throws {
        let process = try ChildProcess(
            path: TestAuthority.openssl,
            arguments: [
                "s_server", "-accept", "127.0.0.1:0", "-www", "-cert", authority.path("\(name).pem"),
                "-key", authority.path("\(name).key"),
            ] + arguments,
            environment: [:])
        self.process = process
        try await waitUntil("openssl s_server listens") { Self.port(in: process.standardOutput) != nil }
        guard let port = Self.port(in: process.standardOutput) else { throw TestFailure("no port") }
        self.port = port
    }

    /// `https://127.0.0.1:port`.
    var origin: String { "https://127.0.0.1:\(port)" }

    private static func port(in output: String) -> UInt16? {
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("ACCEPT ") }) else { return nil }
        return line.split(separator: ":").last.flatMap { UInt16($0) }
    }
}

/// A certificate authority for the time of a test, and what it has signed.
final class TestAuthority: Sendable {
    static let openssl = "/usr/bin/openssl"
    private let directory: TemporaryDirectory

    init() async throws {
        directory = try TemporaryDirectory()
        for (name, subject) in [("ca", "test authority"), ("stranger", "127.0.0.1")] {
            try await openSSL("req", ["-x509", "-out", path("\(name).pem"), "-days", "2"] + key(name, subject))
        }
    }

    /// Signs a certificate for a name such as `IP:127.0.0.1`, which is valid for so many days from now.
    func sign(_ name: String, for alternativeName: String, days: Int = 2) async throws {
        let request = path("\(name).csr")
        let extensions = ["-addext", "subjectAltName=\(alternativeName)"]
        try await openSSL("req", ["-out", request] + key(name, name) + extensions)
        try await openSSL(
            "x509",
            [
                "-req", "-in", request, "-out", path("\(name).pem"), "-days", "\(days)", "-copy_extensions", "copy",
                "-CA", path("ca.pem"), "-CAkey", path("ca.key"),
            ])
    }

    func path(_ file: String) -> String {
        directory.path(of: file)
    }

    private func key(_ name: String, _ subject: String) -> [String] {
        [
            "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path("\(name).key"),
            "-subj", "/CN=\(subject)",
        ]
    }

    private func openSSL(_ command: String, _ arguments: [String]) async throws {
        let process = try ChildProcess(path: Self.openssl, arguments: [command] + arguments, environment: [:])
        let exit = try await process.waitForExit()
        guard exit == .code(0) else { throw TestFailure("openssl: \(process.standardError)") }
    }
}
