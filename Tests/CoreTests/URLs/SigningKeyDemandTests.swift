import Testing

@testable import Core

/// Which signing keys a worker publishes, given what it has and what is there.
@Suite struct SigningKeyDemandTests {
    private static let today = 20_000
    /// Of purpose presign: yesterday to the day after tomorrow.
    private static let days = (today - 1)...(today + 2)

    private func demand(
        _ id: String? = "MINE", obtained: Int64 = 100, expires: Int64? = nil, days: ClosedRange<Int> = Self.days,
        without missing: Set<Int> = []
    ) -> SigningKeyDemand {
        SigningKeyDemand(
            scope: SigningKeyScope(profile: nil, purpose: .presign, region: "r"), days: Self.days,
            published: id.map {
                SigningKeyDemand.Published(
                    accessKeyID: $0, obtainedAt: Timestamp(microseconds: obtained),
                    expiresAt: expires.map { Timestamp(microseconds: $0) }, days: Set(days).subtracting(missing))
            })
    }

    private func mine(obtained: Int64 = 100, expires: Int64? = nil) -> SigningCredential {
        SigningCredential(
            accessKeyID: "MINE", sessionToken: nil, obtainedAt: Timestamp(microseconds: obtained),
            expiresAt: expires.map { Timestamp(microseconds: $0) }
        ) { _, day in DerivedSigningKey(day: day, innerPad: [1], outerPad: [2]) }
    }

    @Test func whatIsNotThereIsPublishedWhole() {
        #expect(demand(nil).daysToPublish(of: mine(), lastObtained: nil) == Self.days)
    }

    @Test(arguments: [Int64(1), 100, 9_999])
    func keysOfTheSameCredentialAreLeftAloneWhoeverPublishedThem(obtained: Int64) {
        #expect(
            demand(obtained: obtained).daysToPublish(of: mine(), lastObtained: Timestamp(microseconds: 100)) == nil)
    }

    /// Nobody can see whether the keys that are there were made of the same secret.
    @Test func firstLookPublishesWhatWasObtainedSince() {
        #expect(demand(obtained: 99).daysToPublish(of: mine(), lastObtained: nil) == Self.days)
        #expect(demand(obtained: 101).daysToPublish(of: mine(), lastObtained: nil) == nil)
    }

    @Test(arguments: Self.days)
    func oneMissingDayOfTheSameCredentialBringsAllDaysAgain(day: Int) {
        #expect(
            demand(without: [day]).daysToPublish(of: mine(), lastObtained: Timestamp(microseconds: 100)) == Self.days)
    }

    @Test func otherCredentialGivesWayOnlyToOneThatWasObtainedLater() {
        #expect(demand("OTHER", obtained: 99).daysToPublish(of: mine(), lastObtained: nil) == Self.days)
        #expect(demand("OTHER", obtained: 100).daysToPublish(of: mine(), lastObtained: nil) == nil)
        #expect(demand("OTHER", obtained: 101).daysToPublish(of: mine(), lastObtained: nil) == nil)
    }

    /// The day after tomorrow is still missing where another worker is only about to publish it.
    @Test func keysThatDoNotReachTomorrowAreNobodysAnyMore() {
        let late = demand("OTHER", obtained: 999, without: [Self.today + 2])
        #expect(late.daysToPublish(of: mine(), lastObtained: nil) == nil)
        let dead = demand("OTHER", obtained: 999, without: [Self.today + 1, Self.today + 2])
        #expect(dead.daysToPublish(of: mine(), lastObtained: nil) == Self.days)
    }

    @Test func renewedTemporaryCredentialIsPublishedAtOnce() {
        let published = demand(expires: 5_000)
        #expect(
            published.daysToPublish(of: mine(expires: 5_000), lastObtained: Timestamp(microseconds: 100)) == nil)
        #expect(published.daysToPublish(of: mine(obtained: 200, expires: 9_000), lastObtained: nil) == Self.days)
        #expect(published.daysToPublish(of: mine(obtained: 50, expires: 9_000), lastObtained: nil) == nil)
    }

    /// Only the process that saw both can tell them apart.
    @Test func newSecretOrTokenOfTheSameKeyIdIsPublishedByWhoSawItChange() {
        let before = Timestamp(microseconds: 100)
        #expect(demand().daysToPublish(of: mine(obtained: 200), lastObtained: before) == Self.days)
        #expect(demand().daysToPublish(of: mine(obtained: 200), lastObtained: Timestamp(microseconds: 200)) == nil)
    }

    @Test func reachingTomorrowTakesTodayAndTomorrow() {
        #expect(demand(without: [Self.today - 1, Self.today + 2]).reachesTomorrow)
        #expect(!demand(without: [Self.today]).reachesTomorrow)
        #expect(!demand(without: [Self.today + 1]).reachesTomorrow)
        #expect(!demand(nil).reachesTomorrow)
    }

    @Test func secretsShowInNoDescriptionAndNoDump() throws {
        let credential = SigningCredential(
            accessKeyID: "AKIDSHOWN", sessionToken: "TOKENSHOWN", obtainedAt: Timestamp(microseconds: 1), expiresAt: nil
        ) { _, day in DerivedSigningKey(day: day, innerPad: [71, 72, 73], outerPad: [81, 82, 83]) }
        let keys = try credential.keys(for: "r", on: 1...2)
        #expect(keys.map(\.day) == [1, 2] && keys[0].innerPad.value == [71, 72, 73])
        let url = PresignedURL(text: "https://h/k?X-Amz-Signature=SIGSHOWN", expiresAt: Timestamp(microseconds: 1))
        var dumped = ""
        for value in [credential, keys, demand("PUBLISHEDSHOWN"), PresignedFile(filename: "f", url: url)] as [Any] {
            dump(value, to: &dumped)
            dumped += "\(value) " + String(reflecting: value)
        }
        for secret in ["SHOWN", "71", "81"] { #expect(!dumped.contains(secret), "\(dumped)") }
        #expect(dumped.contains("https://h/k"))
    }
}
