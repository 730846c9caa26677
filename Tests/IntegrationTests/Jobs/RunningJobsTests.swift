import Core
import Testing

@testable import Worker

/// A job that was taken away and claimed again may run twice in one process, until the first attempt has stopped.
@Suite struct RunningJobsTests {
    private func attempt(_ token: Int64, at id: Int64 = 1) -> Job {
        Job(id: id, token: token, kind: .upload, cache: "c", arguments: JobArguments(), attempt: 1)
    }

    @Test func anEarlierAttemptIsStoppedAndTheLaterOneStays() async {
        let running = RunningJobs()
        _ = await running.add(attempt(1))
        _ = await running.add(attempt(7, at: 2))
        #expect(await running.add(attempt(2)) == 3)
        #expect(await running.isUnwanted(attempt(1)))
        #expect(await !running.isUnwanted(attempt(2)))
        #expect(await !running.isUnwanted(attempt(7, at: 2)))
        var stops = await running.cancellation(of: attempt(1)).makeAsyncIterator()
        #expect(await stops.next() != nil)

        #expect(await running.remove(attempt(1)) == 2)
        #expect(await running.ids.sorted() == [1, 2])
        await running.cancel([1])
        #expect(await running.isUnwanted(attempt(2)))
        #expect(await running.remove(attempt(2)) == 1)
        #expect(await running.ids == [2])
    }

    @Test func eachJobIsNamedOnce() async {
        let running = RunningJobs()
        for token in 1...3 { _ = await running.add(attempt(Int64(token))) }
        #expect(await running.ids == [1])
        #expect(await running.count == 3)
    }
}
