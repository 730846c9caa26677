import Core
import Testing

/// Keys made of what files tell.
struct KeyTemplateTests {
    private let file = TemplateFile(
        name: "0b9e.png", fileExtension: "png", modifiedAt: Timestamp(seconds: 1_709_164_799, nanoseconds: 0),
        md5: [UInt8](repeating: 0xAB, count: 16), sha256: [UInt8](repeating: 0x01, count: 32))

    @Test(arguments: [
        ("cache/2025/12/{file}", "cache/2025/12/0b9e.png"), ("7/", "7/0b9e.png"),
        ("{md5}.{ext}", "abababababababababababababababab.png"),
        ("{sha256:8}", "01010101"),
        ("{mtime:YYYY}/{mtime:MM}/{mtime:DD} {mtime:HH}.{mtime:MI}.{mtime:SS}", "2024/02/28 23.59.59"),
        ("{{x}}", "{x}"), ("plain", "plain"),
    ])
    func placeholdersAreFilled(template: String, filename: String) throws {
        #expect(try KeyTemplate(template).filename(of: file).string == filename)
    }

    @Test(arguments: [
        "{none}", "{", "}", "{file", "{sha256:65}", "{sha256:0}", "{md5:x}", "{mtime:Year}", "", "a/../b", "./a",
        "a\u{1}", "{}",
    ])
    func othersAreRefused(template: String) {
        #expect { try KeyTemplate(template).filename(of: file) } throws: { ($0 as? JobFailure)?.code == "invalid_key" }
    }

    @Test(arguments: [
        (-1, "1969-12-31 23:59:59"), (0, "1970-01-01 00:00:00"), (951_827_696, "2000-02-29 12:34:56"),
        (4_107_542_400, "2100-03-01 00:00:00"),
    ])
    func timesAreOfTheCalendar(seconds: Int64, text: String) throws {
        var file = file
        file.modifiedAt = Timestamp(seconds: seconds, nanoseconds: 0)
        let template = KeyTemplate("{mtime:YYYY}-{mtime:MM}-{mtime:DD} {mtime:HH}:{mtime:MI}:{mtime:SS}")
        #expect(try template.filename(of: file).string == text)
    }

    @Test(arguments: [
        ("a/{file}", "dev", "a/0b9e-dev.png"), ("a.b/c", "-dev", "a.b/c-dev"), ("x-dev.png", "dev", "x-dev.png"),
        (".env", "dev", ".env-dev"),
        ("a/.env", "dev", "a/.env-dev"), ("a.png", "production", "a.png"), ("a.png", "prod", "a.png"),
        ("a.png", "", "a.png"),
    ])
    func namesHaveTheSuffixOfTheEnvironment(template: String, environment: String, filename: String) throws {
        #expect(try KeyTemplate(template).filename(of: file, environment: environment).string == filename)
    }
}
