internal import Synchronization

/// Keeps the signing keys in use, so that each is derived once. It holds at most `capacity`, the last used ones.
///
/// Any number of signers may share one. A key is found by access key id, secret, day, region and service.
public final class SigningKeyCache: Sendable {
    private let capacity: Int
    // The last used first: one or two are in use at a time, so that the search ends at once.
    private let entries = Mutex<[Entry]>([])

    private struct Entry {
        let accessKeyID: String
        let secret: SHA256.Digest
        let key: SigningKey

        func matches(_ credentials: Credentials, _ day: SigningDay, _ region: String, _ service: String) -> Bool {
            key.scope.day == day && secret == credentials.secret.fingerprint && key.scope.region == region
                && key.scope.service == service && accessKeyID == credentials.accessKeyID
        }
    }

    /// An empty cache for `capacity` keys, at least one.
    public init(capacity: Int = 64) {
        self.capacity = max(1, capacity)
    }

    /// How many keys it holds.
    public var count: Int { entries.withLock { $0.count } }

    /// The key for a scope, derived unless it is there. Throws `hashUnavailable`.
    public func key(for credentials: Credentials, scope: CredentialScope) throws(SigningError) -> SigningKey {
        try key(for: credentials, day: scope.day, region: scope.region, service: scope.service)
    }

    /// Forgets all keys: after a rotation of secrets, for instance.
    public func removeAll() { entries.withLock { $0.removeAll() } }

    func key(
        for credentials: Credentials, day: SigningDay, region: String, service: String
    ) throws(SigningError) -> SigningKey {
        if let known = find(credentials, day, region, service) { return known }
        let key = try SigningKey(
            credentials: credentials,
            scope: CredentialScope(checkedRegion: region, service: service, day: day))
        keep(Entry(accessKeyID: credentials.accessKeyID, secret: credentials.secret.fingerprint, key: key))
        return key
    }

    private func find(
        _ credentials: Credentials, _ day: SigningDay, _ region: String, _ service: String
    ) -> SigningKey? {
        entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.matches(credentials, day, region, service) }) else {
                return nil
            }
            if index > 0 { entries.insert(entries.remove(at: index), at: 0) }
            return entries[0].key
        }
    }

    // Two threads may derive the same key at once: the second one is dropped sooner or later.
    private func keep(_ entry: Entry) {
        entries.withLock { entries in
            if entries.count >= capacity { entries.removeLast() }
            entries.insert(entry, at: 0)
        }
    }
}

extension SigningKeyCache: CustomStringConvertible, CustomReflectable {
    /// How many keys it holds.
    public var description: String { "SigningKeyCache(\(count) of \(capacity))" }

    /// What `dump` shows: how many keys it holds.
    public var customMirror: Mirror { Mirror(self, children: ["count": count]) }
}
