import Foundation

/// How many random cases the tests of the plan run: `S3CACHE_PLAN_CASES` of each kind, or enough to find what broke.
enum PlanCases {
    static func count(_ usual: Int) -> Range<Int> {
        let wanted = ProcessInfo.processInfo.environment["S3CACHE_PLAN_CASES"].flatMap { Int($0) }
        return 0..<(wanted ?? usual)
    }
}
