import Glibc

/// A system call that failed: what was being done, to what, and the `errno` it gave.
struct SystemFailure: Error {
    /// The `errno`.
    let code: Int32
    /// What was being done, as a verb: `open`, `rename`.
    let action: String
    /// The file or directory it was done to.
    let path: String

    /// The system's words for the code.
    var reason: String { String(cString: strerror(code)) }

    /// Runs a system call, again if a signal interrupted it, and throws if it returned a negative number.
    @discardableResult
    static func check<Count: SignedInteger>(
        _ action: String, _ path: @autoclosure () -> String, _ call: () -> Count
    ) throws(SystemFailure) -> Count {
        while true {
            let result = call()
            if result >= 0 { return result }
            let code = errno
            if code != EINTR { throw SystemFailure(code: code, action: action, path: path()) }
        }
    }
}
