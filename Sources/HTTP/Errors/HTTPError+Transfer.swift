internal import CCurl

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

extension HTTPError {
    static var addressRefused: HTTPError {
        HTTPError(.addressRefused, "the host's address is not allowed here")
    }

    static var headersTooLarge: HTTPError {
        HTTPError(.headersTooLarge, "the response's headers are larger than allowed")
    }

    static func bodyTooLarge(_ limit: Int) -> HTTPError {
        HTTPError(.bodyTooLarge, "the response's body is larger than \(limit) bytes")
    }
}

extension Transfer {
    /// What it means that libcurl ended this transfer with `result`.
    func error(_ result: CURLcode) -> HTTPError {
        var error = failure ?? meaning(of: result)
        // What was sent to a proxy before does not count.
        let hasSentSomething = timesSent > 0 && handle.number(CURLINFO_REQUEST_SIZE) > 0
        error.mayHaveReachedServer = error.mayHaveReachedServer || hasSentSomething
        let text = handle.failureText
        error.detail = "\(result.rawValue)" + (text.isEmpty ? "" : " \(text)")
        return error
    }

    private func meaning(of result: CURLcode) -> HTTPError {
        let authority = exchange.prepared.url.authority
        switch result {
        case CURLE_OK:
            return HTTPError(.invalidResponse, "the server's response has no head")
        case CURLE_URL_MALFORMAT:
            return HTTPError(.invalidURL, "the URL has no valid host and port")
        case CURLE_COULDNT_RESOLVE_HOST:
            return HTTPError(.nameNotResolved, "the name of \(authority) has no address: check it and the name service")
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY:
            return Self.proxyFailed
        case CURLE_COULDNT_CONNECT:
            return noConnection
        case CURLE_OPERATION_TIMEDOUT:
            return tooLate
        case CURLE_PARTIAL_FILE:
            return HTTPError(.bodyTruncated, "the server closed the connection before the end of the body")
        case CURLE_GOT_NOTHING:
            return HTTPError(.connectionClosed, "the server closed the connection without a response")
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_SEND_FAIL_REWIND:
            return broken
        case CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE:
            return HTTPError(
                .authorityBundleUnreadable,
                "the file with the trusted certificate authorities cannot be read: check its path, or install the system's"
            )
        case CURLE_PEER_FAILED_VERIFICATION:
            return refusedCertificate
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_CERTPROBLEM, CURLE_SSL_ENGINE_NOTFOUND,
            CURLE_USE_SSL_FAILED, CURLE_SSL_INVALIDCERTSTATUS:
            return noTLS
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING,
            CURLE_HTTP_RETURNED_ERROR:
            return HTTPError(.invalidResponse, "\(authority) did not answer with HTTP/1.1")
        // libcurl's limit for one header line.
        case CURLE_OUT_OF_MEMORY where handle.duration(CURLINFO_STARTTRANSFER_TIME_T) != nil:
            return .headersTooLarge
        case CURLE_OUT_OF_MEMORY:
            return HTTPError(.resourcesExhausted, "libcurl is out of memory")
        default:
            return HTTPError(.unexpected, "libcurl says: \(String(cString: curl_easy_strerror(result)))")
        }
    }

    private static var proxyFailed: HTTPError {
        HTTPError(.proxyFailed, "the proxy cannot be reached, or refuses to connect: check the proxy setting")
    }

    private var noConnection: HTTPError {
        guard !hasOnlyRefusedAddresses else { return .addressRefused }
        guard !hasNoSocket else { return HTTPError(.resourcesExhausted, "the system has no socket left") }
        guard !hasProxy else { return Self.proxyFailed }
        let authority = exchange.prepared.url.authority
        switch Int32(truncatingIfNeeded: handle.number(CURLINFO_OS_ERRNO)) {
        case ECONNREFUSED:
            return HTTPError(
                .connectionRefused, "nobody listens at \(authority): check host and port, and that it runs")
        case ETIMEDOUT:
            return connectTimedOut
        default:
            return HTTPError(.unreachable, "the network knows no way to \(authority)")
        }
    }

    private var connectTimedOut: HTTPError {
        HTTPError(.connectTimedOut, "\(exchange.prepared.url.authority) did not accept the connection in time")
    }

    private var tooLate: HTTPError {
        let stalled = HTTPError(.stalled, "too little was sent and received for too long")
        // libcurl has one code for all of them, and counts the total time from a little earlier than it reports it.
        guard !handle.failureText.contains("too slow") else { return stalled }
        let total = exchange.prepared.request.timeouts.total
        if let total, let elapsed = handle.duration(CURLINFO_TOTAL_TIME_T), elapsed >= total {
            return HTTPError(.timedOut, "the request took longer than \(total)")
        }
        guard handle.duration(CURLINFO_PRETRANSFER_TIME_T) != nil else { return connectTimedOut }
        return total.map { HTTPError(.timedOut, "the request took longer than \($0)") } ?? stalled
    }

    private var broken: HTTPError {
        // The proxy's answer to CONNECT.
        guard handle.number(CURLINFO_HTTP_CONNECTCODE) < 300 else { return Self.proxyFailed }
        // libcurl has no code of its own for bad chunks.
        guard handle.number(CURLINFO_OS_ERRNO) != 0 || !handle.failureText.lowercased().contains("chunk") else {
            return HTTPError(.invalidResponse, "the body's chunks are not as they should be")
        }
        return HTTPError(.connectionReset, "the connection to \(exchange.prepared.url.authority) broke")
    }

    private var noTLS: HTTPError {
        let authority = exchange.prepared.url.authority
        let text = handle.failureText
        if text.contains("Connection reset") || text.contains("SSL_ERROR_SYSCALL") {
            return HTTPError(.connectionReset, "the connection to \(authority) broke before TLS was agreed on")
        }
        return HTTPError(
            .tlsHandshakeFailed,
            "\(authority) offers no TLS that is accepted here: check that its port speaks TLS 1.2 or later")
    }

    /// One sentence for each of OpenSSL's `X509_V_ERR_…` that people meet.
    private var refusedCertificate: HTTPError {
        let authority = exchange.prepared.url.authority
        switch handle.number(CURLINFO_SSL_VERIFYRESULT) {
        // libcurl compares the names itself, once OpenSSL is content or has not said anything.
        case 0, 1, 62, 64:
            return HTTPError(
                .certificateNameMismatch,
                "the certificate of \(authority) is for other names: use one of those, or have one issued for this name"
            )
        case 9, 10, 13, 14:
            return HTTPError(
                .certificateExpired,
                "the certificate of \(authority) has expired or is not valid yet: renew it, or correct this system's clock"
            )
        case 18:
            return HTTPError(
                .certificateUntrusted,
                "the certificate of \(authority) is signed by itself: name it as the authority bundle if you trust it")
        case 19, 20, 21, 2:
            return HTTPError(
                .certificateUntrusted,
                "the certificate of \(authority) is signed by an unknown authority: name the bundle with that authority"
            )
        case let number:
            return HTTPError(
                .certificateUntrusted,
                "the certificate of \(authority) is not accepted (OpenSSL's reason \(number)): have a new one issued")
        }
    }
}
