import Foundation
import Testing

@testable import SigV4

@Suite("Signing times")
struct SigningTimeTests {
    @Test(
        "are written and read at the boundaries of days and years",
        arguments: [
            (0, "19700101T000000Z"), (951_782_399, "20000228T235959Z"), (951_782_400, "20000229T000000Z"),
            (1_704_067_199, "20231231T235959Z"), (1_704_067_200, "20240101T000000Z"),
            (1_835_395_199, "20280228T235959Z"), (1_835_395_200, "20280229T000000Z"),
            (1_835_481_599, "20280229T235959Z"), (1_835_481_600, "20280301T000000Z"),
            (4_107_542_399, "21000228T235959Z"), (4_107_542_400, "21000301T000000Z"),
            (253_402_300_799, "99991231T235959Z"),
        ])
    func boundaries(_ seconds: Int64, _ text: String) throws {
        let time = try SigningTime(seconds: seconds)
        #expect(time.description == text)
        #expect(SigningTime(text) == time)
        #expect(time.day.description == String(text.prefix(8)))
        #expect(time.day.start <= time)
    }

    @Test("agree with the system's calendar on every day up to 2110")
    func everyDay() throws {
        var time = tm()
        for number in 0..<51_134 {
            var seconds = time_t(number) * 86_400 + 43_200
            gmtime_r(&seconds, &time)
            let day = try SigningDay(number: number)
            #expect(day.civil == (Int(time.tm_year) + 1900, Int(time.tm_mon) + 1, Int(time.tm_mday)))
            #expect(SigningDay(year: day.civil.year, month: day.civil.month, day: day.civil.day) == day)
        }
    }

    @Test(
        "anything else is not a time",
        arguments: [
            "", "20130524", "20130524T000000", "2013-05-24T00:00:00Z", "20130524t000000Z", "20130230T000000Z",
            "20270229T000000Z", "20130524T240000Z", "20130524T006000Z", "20161231T235960Z", "20131324T000000Z",
            "19691231T235959Z", "2013052+T000000Z",
        ])
    func refused(_ text: String) {
        #expect(SigningTime(text) == nil)
    }

    @Test("the years end in 1970 and 9999")
    func range() throws {
        #expect(throws: SigningError.self) { try SigningTime(seconds: -1) }
        #expect(throws: SigningError.self) { try SigningTime(seconds: 253_402_300_800) }
        #expect(throws: SigningError.self) { try SigningDay(number: 0).advanced(by: -1) }
        #expect(throws: SigningError.self) { try SigningDay.last.advanced(by: .max) }
        #expect(SigningDay.last.description == "99991231")
        #expect(try Sample.time("20280228T235959Z").day.advanced(by: 2).description == "20280301")
        #expect(Sample.time("20130524T010203Z").iso8601 == "2013-05-24T01:02:03Z")
    }
}
