import Foundation

/// HAProxy with one of the certificates of `scripts/test-s3.sh`, which passes on what it deciphers: to a `FaultProxy`, say,
/// which then sees whether anybody made a request.
public final class TLSFront: Sendable {
    private let process: ChildProcess
    private let directory: TemporaryDirectory
    /// `https://localhost:port`.
    public let origin: String

    /// Starts it before `http://127.0.0.1:PORT`.
    public init(_ certificate: S3TestServer.Certificate, before upstream: UInt16) async throws {
        let kept = try ClosedPort()
        let bundle = URL(fileURLWithPath: try S3TestServer.authorityFile).deletingLastPathComponent()
            .appending(path: "\(certificate.rawValue.lowercased()).bundle").path
        directory = try TemporaryDirectory()
        let settings = """
            global
                noreuseport

            defaults
                mode tcp
                timeout connect 30s
                timeout client 10m
                timeout server 10m

            listen tls
                bind 127.0.0.1:\(kept.number) ssl crt \(bundle)
                server upstream 127.0.0.1:\(upstream)

            """
        let file = try directory.write(Array(settings.utf8), to: "haproxy.cfg")
        process = try ChildProcess(path: "/usr/sbin/haproxy", arguments: ["-db", "-f", file], environment: [:])
        origin = "https://localhost:\(kept.number)"
        let process = process
        try await waitUntil("HAProxy listens") {
            if process.exit != nil { throw TestFailure("HAProxy: \(process.standardError)") }
            return FaultProxy.isListening(kept.number)
        }
    }
}

extension FaultProxy {
    /// Whether somebody takes connections at a port of 127.0.0.1.
    static func isListening(_ port: UInt16) -> Bool {
        guard let socket = try? ProxySocket.connect(to: .loopback(port: port)) else { return false }
        socket.close()
        return true
    }
}
