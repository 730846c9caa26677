internal import Core
internal import SigV4
internal import Synchronization

/// The SHA-256 of bytes that come in pieces, by OpenSSL.
final class RunningSHA256: RunningHash {
    private let hash = Mutex(SHA256())

    func update(_ bytes: [UInt8]) { hash.withLock { $0.update(bytes) } }

    func end() throws -> [UInt8] { try hash.withLock { try $0.restart().bytes } }
}
