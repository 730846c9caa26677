import Dispatch
import Testing

@testable import Adapters

@Suite("The executor of blocking file access")
struct DirectoryExecutorTests {
    @Test("blocking on all its threads leaves Swift's shared pool free", .timeLimit(.minutes(15)))
    func ownThreads() async {
        // More than there are cores: were they blocked on the shared pool, nothing could release them.
        let count = 32
        let executor = DirectoryExecutor(lanes: count)
        let started = DispatchSemaphore(value: 0)
        let release = DispatchSemaphore(value: 0)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask(executorPreference: executor) { Self.block(started, release) }
            }
            group.addTask {
                for _ in 0..<count {
                    while !Self.isSignalled(started) { await Task.yield() }
                }
                for _ in 0..<count { release.signal() }
            }
        }
    }

    private static func block(_ started: DispatchSemaphore, _ release: DispatchSemaphore) {
        started.signal()
        release.wait()
    }

    private static func isSignalled(_ semaphore: DispatchSemaphore) -> Bool {
        semaphore.wait(timeout: .now()) == .success
    }
}
