import Core
import TestSupport
import Testing

@testable import Worker

/// A job that was taken away and claimed again may run twice in one process, until the first attempt has stopped.
@Suite struct RunningJobsTests {
    private func attempt(_ token: Int64, at id: Int64 = 1) -> Job {
        Job(id: id, token: token, kind: .upload, cache: "c", arguments: JobArguments(), attempt: 1)
    }

    @Test func anEarlierAttemptIsStoppedAndTheLaterOneStays() async {
        let told = Shared<[Int]>([])
        let running = RunningJobs { count in told.withLock { $0.append(count) } }
        for attempt in [attempt(1), attempt(7, at: 2), attempt(2)] { await running.add(attempt) }
        #expect(await running.isUnwanted(attempt(1)))
        #expect(await !running.isUnwanted(attempt(2)))
        #expect(await !running.isUnwanted(attempt(7, at: 2)))
        var stops = await running.cancellation(of: attempt(1)).makeAsyncIterator()
        #expect(await stops.next() != nil)

        await running.remove(attempt(1))
        #expect(await running.ids.sorted() == [1, 2])
        await running.cancel([1])
        #expect(await running.isUnwanted(attempt(2)))
        await running.remove(attempt(2))
        #expect(await running.ids == [2])
        #expect(told.value == [1, 2, 3, 2, 1])
    }

    @Test func eachJobIsNamedOnce() async {
        let running = RunningJobs()
        for token in 1...3 { await running.add(attempt(Int64(token))) }
        #expect(await running.ids == [1])
        #expect(await running.count == 3)
    }
}
