import Core
import Testing

/// What is shown of a bound row's URL.
struct BoundRowTests {
    @Test(arguments: [
        ("s3://bucket/a?b#c.png", "s3://bucket/a?b#c.png"), ("cache/a@b.png", "cache/a@b.png"),
        ("https://cdn.example.com/a@b.png", "https://cdn.example.com/a@b.png"),
        ("https://b.example.com/a.png?X-Amz-Signature=5ec4e7", "https://b.example.com/a.png"),
        ("HTTP://me:word@b.example.com/a@b.png#x", "HTTP://b.example.com/a@b.png"),
        ("https://me:w@rd@host", "https://host"), ("https:", "https:"), ("https://?a", "https://"),
    ])
    func noSecretIsShown(url: String, shown: String) {
        #expect(BoundRow(id: "1", url: url, filename: nil, file: ArchiveRow(id: "1", key: nil)).shownURL == shown)
    }

    @Test func problemsAreCountedAndTheFirstAreKept() {
        let row = BoundRow(id: "1", url: "s3://b/k", filename: "k", file: ArchiveRow(id: "1", key: nil))
        var result = BindingVerifyResult(looksForFiles: true)
        for _ in 0..<60 {
            result.count(object: BindingProblem(row, missing: "k"))
            result.count(object: BindingProblem(unaddressed: row))
            result.count(object: nil)
            result.count(file: BindingProblem(withoutFile: row, root: nil))
            result.count(file: nil)
        }
        #expect([result.checked, result.present, result.missing, result.errors] == [180, 60, 60, 60])
        #expect([result.localChecked, result.localPresent, result.localMissing] == [120, 60, 60])
        #expect(result.problems.count == 100)
    }
}
