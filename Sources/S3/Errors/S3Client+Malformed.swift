internal import HTTP

extension S3Client {
    /// The error for an answer that is not S3's.
    func malformed(_ reason: String, _ wording: ErrorWording, _ headers: HTTPHeaders) -> S3Error {
        var error = S3Error(.malformedResponse, wording.malformed(reason), wording)
        error.requestID = QuotedText.word(headers["x-amz-request-id"])
        error.hostID = QuotedText.word(headers["x-amz-id-2"], limit: 256)
        return error
    }
}
