/// What a signature is made in: a hash context and buffers, used again and again.
struct SigningScratch: ~Copyable {
    var context = HashContext(.sha256)
    /// The canonical request, then the string to sign.
    var canonical = ByteWriter(capacity: 4_096)
    /// What is made of them.
    var output = ByteWriter(capacity: 4_096)
    var query = PairList()
    var headers = PairList()

    /// Empties the lists.
    mutating func removeAll() {
        query.removeAll()
        headers.removeAll()
    }

    /// Whether it holds more memory than is worth keeping.
    var isOversized: Bool {
        canonical.isOversized || output.isOversized || query.isOversized || headers.isOversized
    }
}
