import Foundation
import HTTP
import SigV4
import TestSupport
import Testing

@testable import S3

/// A home directory, an environment and a clock of a test's own.
final class CredentialScene: Sendable {
    let home: TemporaryDirectory
    let clock = CredentialClock()
    let client: HTTPClient

    init() throws {
        home = try TemporaryDirectory()
        client = try HTTPClient()
    }

    static let id = "AKIAIOSFODNN7EXAMPLE"
    static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    static let token = "FwoGZXIvYXdzEXAMPLETOKEN=="

    var now: @Sendable () -> Int64 { { [clock] in clock.now } }

    /// The variables besides `HOME`. The instance's metadata are switched off unless they are mentioned.
    func environment(_ variables: [String: String] = [:]) throws -> S3Environment {
        try S3Environment(
            ["HOME": home.path, "AWS_EC2_METADATA_DISABLED": "true", "PATH": "/usr/bin:/bin"]
                .merging(variables) { $1 })
    }

    func chain(_ variables: [String: String] = [:], profile: String? = nil) throws -> CredentialChain {
        CredentialChain(environment: try environment(variables), profile: profile, http: client, now: now)
    }

    func writeConfig(_ text: String) throws { try home.write(Array(text.utf8), to: ".aws/config") }

    func writeCredentials(_ text: String) throws { try home.write(Array(text.utf8), to: ".aws/credentials") }

    /// The time so many seconds from now, as services print it.
    func time(in seconds: Int64) throws -> String { try SigningTime(seconds: clock.now + seconds).iso8601 }

    /// What a chain throws, with its source's variables.
    func failure(_ variables: [String: String] = [:], profile: String? = nil) async throws -> CredentialsError {
        try await credentialsError { _ = try await chain(variables, profile: profile).load() }
    }
}

/// Credentials of a test.
func sampleCredentials(
    _ id: String = CredentialScene.id, _ secret: String = CredentialScene.secret, token: String? = nil,
    until end: Int64? = nil
) throws -> Credentials {
    try Credentials(
        accessKeyID: id, secretAccessKey: secret, sessionToken: token,
        expiration: try end.map { try SigningTime(seconds: $0) })
}

/// The error that `body` must throw.
func credentialsError(_ body: () async throws -> Void) async throws -> CredentialsError {
    do {
        try await body()
    } catch let error as CredentialsError {
        return error
    }
    throw TestFailure("no error")
}

/// Everything that shows a value.
func everythingShown(of value: Any) -> String {
    var text = "\(value) \(String(reflecting: value)) \(String(describing: [value]))"
    dump(value, to: &text)
    dump(["wrapped": value], to: &text)
    return text
}
