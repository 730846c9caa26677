internal import Core
internal import HTTP

/// Reads the head of an answer to a download.
enum DownloadAnswer {
    /// Throws `status`, `encoded`, `malformed` and `tooLarge` unless the bytes that follow may be taken.
    static func check(
        _ response: HTTPStreamedResponse, host: String, maximumBytes: Int
    ) throws(DownloadError) {
        guard response.status == 200 || response.status == 203 else {
            throw DownloadError(
                .status, "The host \(host) answered with status \(response.status) instead of the file; check the URL.",
                host: host, status: response.status, retryAfter: retryAfter(response.headers))
        }
        let headers = response.headers
        guard codings(headers, "content-encoding").allSatisfy({ $0 == "identity" }),
            codings(headers, "transfer-encoding").allSatisfy({ $0 == "chunked" || $0 == "identity" })
        else {
            throw DownloadError(
                .encoded,
                "The host \(host) sent the file compressed, though it was asked not to; it is not unpacked here.",
                host: host)
        }
        let lengths = headers.values("content-length")
        guard let length = lengths.first else { return }
        guard lengths.allSatisfy({ $0 == length }), !length.isEmpty,
            length.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else {
            throw DownloadError(
                .malformed, "The host \(host) announced a length that is no number, so the file was not read.",
                host: host)
        }
        // More digits than a number has are more bytes than any limit.
        guard !headers.contains("transfer-encoding") else { return }
        guard let number = Int(length), number <= maximumBytes else { throw .tooLarge(host, maximumBytes) }
    }

    /// Type and subtype in lower case; nil where there is no such thing (RFC 9110, 8.3).
    static func contentType(_ headers: HTTPHeaders) -> String? {
        guard let value = headers["content-type"] else { return nil }
        let essence = value.prefix { $0 != ";" && $0 != "," }.lowercased().filter { $0 != " " && $0 != "\t" }
        let parts = essence.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 2, essence.utf8.count <= 127, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isToken) })
        else { return nil }
        return essence
    }

    private static func codings(_ headers: HTTPHeaders, _ name: String) -> [String] {
        headers.values(name).flatMap { $0.split(separator: ",") }
            .map { $0.filter { !$0.isWhitespace }.lowercased() }.filter { !$0.isEmpty }
    }

    /// Seconds only, a day at most; a date is not read.
    private static func retryAfter(_ headers: HTTPHeaders) -> Int? {
        headers["retry-after"].flatMap { Int($0) }.map { min(max(0, $0), 86_400) }
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || "!#$&-^_.+".utf8.contains(byte)
    }
}
