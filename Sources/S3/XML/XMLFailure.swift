/// Why bytes are not the XML that was expected; the reason is a fixed text of ours.
struct XMLFailure: Error, Hashable {
    let reason: StaticString

    init(_ reason: StaticString) {
        self.reason = reason
    }

    static func == (left: XMLFailure, right: XMLFailure) -> Bool { left.reason.description == right.reason.description }

    func hash(into hasher: inout Hasher) { hasher.combine(reason.description) }
}
