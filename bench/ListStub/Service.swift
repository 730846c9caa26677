/// Answers requests: a bucket of any name, seen by those who only read.
final class Service: Sendable {
    let counters = Counters()
    private let bucket: Bucket
    private let throttle: Throttle
    private let delay: Delay
    private let faults: [PlannedFault]
    private let seed: UInt64

    init(_ bucket: Bucket, _ options: Options) {
        self.bucket = bucket
        throttle = Throttle(options.limits)
        delay = options.delay
        faults = options.faults
        seed = options.bucket.seed
    }

    /// What the stub itself is asked, which counts as no request; nil for all else.
    func answerAboutItself(_ request: Request) -> Answer? {
        var answer = Answer()
        switch (request.method, String(decoding: request.path, as: UTF8.self)) {
        case ("GET", "/_stats"):
            answer.contentType = "application/json"
            answer.pieces = [.bytes(Array(counters.json.utf8))]
        case ("POST", "/_reset"): counters.reset()
        default: return nil
        }
        return answer
    }

    /// The answer to the request of this number.
    func answer(_ request: Request, number: Int, inFlight: Int) -> Answer {
        var random = SplitMix64(seed: SplitMix64.mix(seed) ^ UInt64(number))
        if throttle.refuses(inFlight: inFlight, &random) {
            counters.throttle()
            return Answer(error: "SlowDown", "Please reduce your request rate.", status: 503)
        }
        var answer = respond(to: request)
        answer.headers += "x-amz-request-id: stub-\(number)\r\n"
        answer.delay = delay.nanoseconds(&random)
        answer.isHead = request.method == "HEAD"
        return answer
    }

    private func respond(to request: Request) -> Answer {
        let parts = request.path.dropFirst().split(separator: 0x2f, maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(decoding: parts.first ?? [], as: UTF8.self)
        let key = parts.count == 2 ? Array(parts[1]) : []
        switch request.method {
        case "GET" where name.isEmpty: return buckets()
        case "HEAD" where key.isEmpty:
            var answer = Answer()
            answer.headers = "x-amz-bucket-region: us-east-1\r\n"
            return answer
        case "HEAD": return object(key)
        case "GET" where key.isEmpty: return look(into: name, request)
        default: return Answer(error: "NotImplemented", "The stub lists buckets and nothing else.", status: 501)
        }
    }

    private func look(into name: String, _ request: Request) -> Answer {
        if request.query["location"] != nil {
            return Answer(#"<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>"#)
        }
        if request.query["versioning"] != nil {
            return Answer(#"<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>"#)
        }
        let known = [
            "list-type", "prefix", "start-after", "marker", "continuation-token", "max-keys", "encoding-type",
            "delimiter", "fetch-owner", "x-id",
        ]
        // Presigned requests have their signature here, which nobody checks.
        if let other = request.query.keys.first(where: { !known.contains($0) && !$0.hasPrefix("X-Amz-") }) {
            var escaped: [UInt8] = []
            Escaping.appendXML(other.utf8, to: &escaped)
            let shown = String(decoding: escaped, as: UTF8.self)
            return Answer(error: "NotImplemented", "The stub does not know \(shown).", status: 501)
        }
        let query: ListQuery
        do throws(ListQuery.Refusal) {
            query = try ListQuery(request)
        } catch {
            return error.answer
        }
        let number = counters.beginPage()
        let faults = faults.filter { $0.hits(number) }.map(\.fault)
        let (objects, answer) = ListPage(bucket: bucket, name: name, query: query, faults: faults).write()
        counters.endPage(objects: objects, isFaulty: !faults.isEmpty)
        return answer
    }

    private func object(_ key: [UInt8]) -> Answer {
        guard let facts = bucket.facts(of: key) else {
            return Answer(error: "NoSuchKey", "The specified key does not exist.", status: 404)
        }
        var answer = Answer()
        var etag: [UInt8] = []
        facts.appendETag(to: &etag)
        answer.contentType = "binary/octet-stream"
        answer.headers =
            "ETag: \"\(String(decoding: etag, as: UTF8.self))\"\r\nLast-Modified: \(HTTPDate.text(facts.modified))\r\n"
        answer.toldLength = facts.size
        return answer
    }

    private func buckets() -> Answer {
        Answer(
            """
            <ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>stub</ID></Owner><Buckets>\
            <Bucket><Name>bench</Name><CreationDate>2023-01-01T00:00:00.000Z</CreationDate></Bucket></Buckets>\
            </ListAllMyBucketsResult>
            """)
    }
}
