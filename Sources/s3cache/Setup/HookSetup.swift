internal import Adapters
internal import Core
internal import Foundation

/// The commands of the worker's operator, as its environment names them.
struct HookSetup {
    let scanner: ScanCommand?
    let purger: PurgeCommand?

    /// Throws `CommandFailure` where a variable names what is no command: nothing is stored unseen then.
    init(environment variables: [String: String] = ProcessInfo.processInfo.environment) throws {
        do {
            scanner = try ScanCommand(environment: variables)
            purger = try PurgeCommand(environment: variables)
        } catch {
            throw CommandFailure(message: error.message)
        }
    }
}
