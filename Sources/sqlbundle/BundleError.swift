/// Why sqlbundle stops: one line a problem, for the person who runs it.
struct BundleError: Error, CustomStringConvertible {
    let problems: [String]

    init(_ problem: String) {
        problems = [problem]
    }

    init(problems: [String]) {
        self.problems = problems
    }

    var description: String {
        problems.joined(separator: "\n")
    }
}
