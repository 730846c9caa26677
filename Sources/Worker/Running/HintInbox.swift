internal import Synchronization

/// Notifications that were heard and not handed on yet: each text once, and no more than fit.
final class HintInbox: Sendable {
    /// So many are kept.
    static let capacity = 1_000
    /// Longer texts are no hints: a notification has less than 8,000 bytes, a key 1,024.
    private static let longest = 4_096

    private struct Contents {
        var hints: Set<String> = []
        var dropped = 0
    }

    private let contents = Mutex(Contents())

    /// Keeps a hint; gives whether it is the first since the last call of `empty`.
    func put(_ hint: String) -> Bool {
        contents.withLock { contents in
            let isFirst = contents.hints.isEmpty && contents.dropped == 0
            if contents.hints.contains(hint) { return false }
            if contents.hints.count < Self.capacity, hint.utf8.count <= Self.longest {
                contents.hints.insert(hint)
            } else {
                contents.dropped += 1
            }
            return isFirst
        }
    }

    /// What is in it, in no order, and how many did not fit; it is empty then.
    func empty() -> (hints: [String], dropped: Int) {
        contents.withLock { contents in
            defer { contents = Contents() }
            return (Array(contents.hints), contents.dropped)
        }
    }
}
