internal import SigV4

/// The SHA-256 of bytes that come in pieces.
final class RunningSHA256 {
    private var hash = SHA256()

    /// Takes the next piece.
    func update(_ bytes: [UInt8]) { hash.update(bytes) }

    /// The digest of everything, to be asked for once.
    func end() throws -> [UInt8] { try hash.restart().bytes }
}
