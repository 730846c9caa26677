import TestSupport

/// What goes wrong for a while between a worker and its bucket, after which it works again.
enum PassingFault: CaseIterable, Sendable {
    case storm, oftenUnavailable1, oftenUnavailable2, oftenUnavailable3
    case resetBeforeRequest, resetAfterRequest, resetInBody, closedBeforeRequest, closedAfterRequest, cutBody
    case stalledBeforeRequest, stalledAfterRequest, stalledInBody
    case errorInSuccess, failureAfterSuccess, lateFailure
    case wrongDates, skewedClock, movedPermanently, wrongRegionInSignature

    /// What happens to a request, counted from 1 since it began.
    func strike(_ number: Int, _ request: FaultProxy.Request) -> FaultProxy.Fault {
        switch self {
        case .storm: number <= 10 ? .status(503, body: Self.error("SlowDown")) : .none
        case .oftenUnavailable1: often(number, seed: 1)
        case .oftenUnavailable2: often(number, seed: 2)
        case .oftenUnavailable3: often(number, seed: 3)
        case .resetBeforeRequest: number <= 6 ? .reset(.beforeRequest) : .none
        case .resetAfterRequest: number <= 6 ? .reset(.afterRequest) : .none
        case .resetInBody: number <= 6 ? .reset(.inBody(after: 300 * number)) : .none
        case .closedBeforeRequest: number <= 6 ? .close(.beforeRequest) : .none
        case .closedAfterRequest: number <= 6 ? .close(.afterRequest) : .none
        case .cutBody: number <= 6 ? .cutBody(after: 300 * number) : .none
        case .stalledBeforeRequest: number == 1 ? .stall(.beforeRequest) : .none
        case .stalledAfterRequest: number == 1 ? .stall(.afterRequest) : .none
        case .stalledInBody: number == 1 ? .stall(.inBody(after: 500)) : .none
        case .errorInSuccess:
            // A response to HEAD has no body, and S3 never gives an error in place of an object.
            number <= 6 && request.method != "HEAD" && !request.isReading ? .body(Self.error("InternalError")) : .none
        case .failureAfterSuccess: number <= 6 ? .replace(status: 500) : .none
        case .lateFailure: number <= 6 ? .replace(status: 503, body: Self.error("ServiceUnavailable")) : .none
        case .wrongDates: .rewriteHeaders([("Date", number % 2 == 0 ? nil : "Sat, 01 Jan 2000 00:00:00 GMT")])
        case .skewedClock:
            // A server whose clock is ahead, and that wants requests to be signed by it.
            (request["x-amz-date"] ?? "") < TestDate.amazon(after: 200)
                ? .status(403, headers: [("Date", TestDate.http(after: 400))], body: Self.error("RequestTimeTooSkewed"))
                : .none
        case .movedPermanently: inWrongRegion(request) ?? .none
        case .wrongRegionInSignature: inWrongRegion(request, status: 400, "AuthorizationHeaderMalformed") ?? .none
        }
    }

    private func often(_ number: Int, seed: Int) -> FaultProxy.Fault {
        var random = SeededGenerator(seed: seed * 1_000 + number)
        guard Bool.random(using: &random) else { return .none }
        return Bool.random(using: &random) ? .status(503, body: Self.error("SlowDown")) : .replace(status: 500)
    }

    private func inWrongRegion(
        _ request: FaultProxy.Request, status: Int = 301, _ code: String = "PermanentRedirect"
    ) -> FaultProxy.Fault? {
        guard request["authorization"]?.contains("/eu-west-1/s3/") != true else { return nil }
        return .status(status, headers: Self.region, body: Self.error(code))
    }

    static let region = [(name: "x-amz-bucket-region", value: "eu-west-1")]

    static func error(_ code: String) -> [UInt8] {
        Array("<?xml version=\"1.0\"?><Error><Code>\(code)</Code><RequestId>r</RequestId></Error>".utf8)
    }
}

extension FaultProxy.Request {
    /// Whether it asks for an object's bytes.
    var isReading: Bool { method == "GET" && !query.contains("list-type") }
}
