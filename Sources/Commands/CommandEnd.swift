internal import Subprocess

/// How a program ended.
package enum CommandEnd: Hashable, Sendable {
    /// By itself, with this status: 0 is success.
    case exited(Int)
    /// By this signal.
    case signalled(Int)

    init(_ status: TerminationStatus) {
        switch status {
        case .exited(let code): self = .exited(Int(code))
        case .signaled(let signal): self = .signalled(Int(signal))
        }
    }

    /// Whether it ended by itself with status 0.
    package var isSuccess: Bool { self == .exited(0) }
}
