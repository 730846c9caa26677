/// What keeps bytes from being rows: a clause for a message.
struct CSVFailure: Error, Hashable, Sendable {
    var problem: String

    init(_ problem: String) { self.problem = problem }
}
