import S3
import SigV4
import Synchronization

/// Gives the first credentials until they are discarded, then the next.
final class RotatingCredentials: CredentialsProvider {
    private let remaining: Mutex<[Credentials]>
    private let discardedIDs = Mutex<[String]>([])

    init(_ ids: String...) throws {
        let all = try ids.map {
            try Credentials(accessKeyID: $0, secretAccessKey: "s3cr3t-\($0)", sessionToken: "t0k3n-\($0)")
        }
        remaining = Mutex(all)
    }

    /// Which were refused.
    var discarded: [String] { discardedIDs.withLock(\.self) }

    func credentials() async throws -> Credentials {
        guard let first = remaining.withLock({ $0.first }) else {
            throw CredentialsError(.missing, "There are no credentials: set AWS_ACCESS_KEY_ID.")
        }
        return first
    }

    func discard(_ refused: Credentials) async {
        discardedIDs.withLock { $0.append(refused.accessKeyID) }
        remaining.withLock { if $0.count > 1, $0.first == refused { $0.removeFirst() } }
    }
}
