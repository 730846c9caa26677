internal import HTTP

/// A response that says that something went wrong.
struct ServiceResponse {
    let status: Int
    let headers: HTTPHeaders
    /// What of the body may be an error document; empty where there is none.
    let body: [UInt8]

    /// What it means.
    func error(_ call: S3Call, endpoint: S3Endpoint, now: Int64) -> S3Error {
        let document = ErrorDocument(body)
        let serviceCode = QuotedText.word(document?.code, limit: 64)
        var code =
            serviceCode.flatMap { S3Error.Code(serviceCode: $0) }
            ?? S3Error.Code(status: status, hasKey: call.key != nil)
        // S3 says what is missing. A page that does not is somebody else's, who may know nothing of the object.
        if status == 404, document == nil, !body.isEmpty, !call.isHead { code = .malformedResponse }
        // An error in a response that began well has no status that would help.
        if code == .other, (200..<300).contains(status) { code = .serverError }
        let region = QuotedText.word(headers["x-amz-bucket-region"] ?? document?.region).flatMap {
            RegionName.isValid($0) ? $0 : nil
        }
        let wording = call.wording(at: endpoint)
        var error = S3Error(
            code, wording.response(code, status: status, serviceCode: serviceCode, regionHint: region), wording)
        error.status = status
        error.serviceCode = serviceCode
        error.regionHint = region
        error.requestID = Self.id(headers["x-amz-request-id"]) ?? Self.id(document?.requestID)
        error.hostID =
            QuotedText.word(headers["x-amz-id-2"], limit: 256) ?? QuotedText.word(document?.hostID, limit: 256)
        error.retryAfter = retryAfter(now: now)
        error.serverTime = serverTime(document)
        return error
    }

    /// A request's id, which is none if what the server gives repeats a part of the request's authorization.
    private static func id(_ text: String?) -> String? {
        guard let word = QuotedText.word(text), !word.contains("Credential="), !word.contains("Signature=") else {
            return nil
        }
        return word
    }

    /// Seconds, or a date (RFC 9110, 10.2.3). Never negative.
    private func retryAfter(now: Int64) -> Duration? {
        guard let text = headers["retry-after"] else { return nil }
        if let seconds = Int64(text), seconds >= 0 { return .seconds(min(seconds, 31_536_000)) }
        return CivilTime.seconds(httpDate: text).map { .seconds(max(0, min($0 - now, 31_536_000))) }
    }

    private func serverTime(_ document: ErrorDocument?) -> Int64? {
        if let date = headers["date"].flatMap({ CivilTime.seconds(httpDate: $0) }) { return date }
        guard let text = document?.serverTime else { return nil }
        let microseconds = Array(text.utf8).withUnsafeBufferPointer { CivilTime.microseconds(iso8601: $0) }
        return microseconds.map { $0 / 1_000_000 }
    }
}
