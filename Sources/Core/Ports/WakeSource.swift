/// Notifications; only ever hints: they may be lost, late or forged.
public protocol WakeSource: Sendable {
    /// Tells of each notification until the task is cancelled; reconnects by itself.
    func run(_ tell: @escaping @Sendable (Wake) async -> Void) async throws
}

/// What a notification says.
public enum Wake: Hashable, Sendable {
    /// Notifications arrive from now on; what was sent before is found by looking.
    case listening
    /// Notifications do not arrive any more.
    case deaf
    /// There may be work.
    case work
    /// A job that runs is to be cancelled.
    case cancellation
    /// An application says something; anybody may have.
    case hint(String)
}
