import Foundation

/// `openssl s_server`, which answers each GET with a page, with a certificate made for the test.
public final class TLSServer: Sendable {
    private let process: ChildProcess
    /// The port it listens at.
    public let port: UInt16

    /// A server with the certificate of this name, signed by the authority.
    public init(_ authority: TestAuthority, certificate name: String, arguments: [String] = []) async throws {
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
    public var origin: String { "https://127.0.0.1:\(port)" }

    private static func port(in output: String) -> UInt16? {
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("ACCEPT ") }) else { return nil }
        return line.split(separator: ":").last.flatMap { UInt16($0) }
    }
}
