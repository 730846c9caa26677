/// How a process ended.
public enum ProcessExit: Equatable, Sendable {
    /// It returned this exit code.
    case code(Int32)
    /// This signal killed it.
    case signal(Int32)

    /// Reads what `waitpid` reports.
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7f
        self = signal == 0 ? .code(waitStatus >> 8 & 0xff) : .signal(signal)
    }
}
