/// A certificate authority for the time of a test, and what it has signed.
public final class TestAuthority: Sendable {
    /// The program.
    public static let openssl = "/usr/bin/openssl"
    private let directory: TemporaryDirectory

    /// Makes its certificate `ca`, and one named `stranger` that signed itself.
    public init() async throws {
        directory = try TemporaryDirectory()
        for (name, subject) in [("ca", "test authority"), ("stranger", "127.0.0.1")] {
            try await openSSL("req", ["-x509", "-out", path("\(name).pem"), "-days", "2"] + key(name, subject))
        }
    }

    /// Signs a certificate for a name such as `IP:127.0.0.1`, which is valid for so many days from now.
    public func sign(_ name: String, for alternativeName: String, days: Int = 2) async throws {
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

    /// Where a file of its is: `ca.pem`, or the `.pem` and `.key` of a certificate.
    public func path(_ file: String) -> String {
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
