/// What a request for a page asks for.
struct ListQuery {
    /// Why a request cannot be answered with a page.
    struct Refusal: Error {
        let answer: Answer
    }

    /// Whether it is ListObjectsV2 and not ListObjects.
    let isSecond: Bool
    let prefix: [UInt8]
    /// The page begins behind this: `start-after`, or `marker` of ListObjects.
    let startAfter: [UInt8]
    /// The index that the continuation token names; nil without a token.
    let continuesAt: Int?
    /// The token as it came; nil without one.
    let token: String?
    let maximum: Int
    let isEncoded: Bool

    /// What this query asks for. Throws `Refusal` for what no page can answer.
    init(_ request: Request) throws(Refusal) {
        isSecond = request.query["list-type"] != nil
        if isSecond, request.text("list-type") != "2" { throw Self.invalid("list-type") }
        if request.query["delimiter"]?.isEmpty == false {
            throw Refusal(answer: Answer(error: "NotImplemented", "The stub knows no delimiter.", status: 501))
        }
        prefix = request.query["prefix"] ?? []
        startAfter = request.query[isSecond ? "start-after" : "marker"] ?? []
        token = isSecond ? request.text("continuation-token") : nil
        if let token {
            guard token.hasPrefix("at-"), let index = Int(token.dropFirst(3)), index >= 0 else {
                throw Self.invalid("continuation-token")
            }
            continuesAt = index
        } else {
            continuesAt = nil
        }
        guard let maximum = Int(request.text("max-keys") ?? "1000"), maximum >= 0 else {
            throw Self.invalid("max-keys")
        }
        self.maximum = min(1_000, maximum)
        let encoding = request.text("encoding-type") ?? ""
        guard encoding.isEmpty || encoding == "url" else { throw Self.invalid("encoding-type") }
        isEncoded = encoding == "url"
    }

    private static func invalid(_ name: String) -> Refusal {
        Refusal(answer: Answer(error: "InvalidArgument", "The stub does not understand \(name).", status: 400))
    }
}
