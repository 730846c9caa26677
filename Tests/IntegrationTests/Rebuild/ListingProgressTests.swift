import Testing

@testable import Worker

@Suite struct ListingProgressTests {
    @Test func whatIsHandedOverIsStillLeft() {
        var progress = ListingProgress(listed: 1_000)
        #expect(progress.done == 1_000)
        progress.took(100)
        progress.kept(100, listed: 1_100)
        #expect(progress.done == 1_100 && progress.left(here: 900) == 900)
        progress.gave(450)
        #expect(progress.left(here: 450) == 900)
        // 200 of them the other worker has listed.
        progress.took(50)
        progress.kept(50, listed: 1_350)
        #expect(progress.done == 1_350 && progress.left(here: 400) == 650)
        // It found more than was thought.
        progress.kept(0, listed: 2_000)
        #expect(progress.left(here: 10) == 10)
    }

    @Test func whatWaitsToBeKeptCountsOnce() {
        var progress = ListingProgress(listed: 0)
        progress.took(10)
        #expect(progress.done == 10)
        progress.took(10)
        progress.kept(10, listed: 10)
        #expect(progress.done == 20)
        progress.kept(10, listed: 20)
        #expect(progress.done == 20)
        // What another slice was told before it does not count back.
        progress.kept(0, listed: 15)
        #expect(progress.done == 20)
    }
}
