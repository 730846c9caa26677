import Testing

@testable import S3

@Suite struct TimeTests {
    func microseconds(_ text: String) -> Int64? {
        Array(text.utf8).withUnsafeBufferPointer { CivilTime.microseconds(iso8601: $0) }
    }

    @Test func timesOfListings() {
        #expect(microseconds("1970-01-01T00:00:00Z") == 0)
        #expect(microseconds("2009-10-12T17:50:30.000Z") == 1_255_369_830_000_000)
        #expect(microseconds("2009-10-12T17:50:30.1Z") == 1_255_369_830_100_000)
        #expect(microseconds("2009-10-12T17:50:30.123456789Z") == 1_255_369_830_123_456)
        #expect(microseconds("1969-12-31T23:59:59.5+00:00") == -500_000)
        #expect(microseconds("2000-02-29T00:00:00Z") == 951_782_400_000_000)
        #expect(microseconds("9999-12-31T23:59:60Z") == 253_402_300_800_000_000)
        for text in [
            "1900-02-29T00:00:00Z", "2009-1-012T17:50:30Z", "2009-10-12T17:50:30", "2009-10-12T17:60:30Z",
            "0000-01-01T00:00:00Z",
        ] {
            #expect(microseconds(text) == nil, "\(text)")
        }
    }

    @Test func datesOfHeaders() {
        #expect(CivilTime.seconds(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        for text in [
            "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov 1994 08:49:37 CET",
        ] {
            #expect(CivilTime.seconds(httpDate: text) == nil, "\(text)")
        }
    }
}
