extension Signer {
    /// How long a presigned URL may live, in seconds: one second to seven days.
    public static let expiryRange = 1...604_800

    /// A URL that is valid for `expires` seconds from `time` on, for whoever has it.
    ///
    /// The query of the request goes into it (`response-content-type` and the like), and its headers must be sent with
    /// exactly these values (`content-type` of an upload). For S3 the payload is `.unsigned`. A session token goes into
    /// the query; the URL then ends with the session, even if `expires` says more.
    ///
    /// Throws `invalidExpiry` unless `expires` is in `expiryRange`, `invalidQuery` for a parameter that the signer sets,
    /// `invalidHeader`, `invalidMethod`, `hashUnavailable`.
    ///
    /// Source: "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)", Amazon S3 API Reference.
    public func presign(
        _ request: SigningRequest, expires: Int, at time: SigningTime
    ) throws(SigningError) -> PresignedURL {
        try ScratchPool.shared.withScratch { scratch throws(SigningError) in
            let key = try key(on: time.day)
            try prepareQuery(of: request, expires, at: time, key.scope, in: &scratch)
            let layout = try scratch.writeCanonicalRequest(request, rules)
            let signature = try scratch.sign(key, at: time)

            scratch.output.removeAll()
            scratch.output.append(request.origin)
            if rules.canonicalPath == .asSent {
                scratch.output.append(scratch.canonical, layout.path)
            } else {
                request.path.write(to: &scratch.output)
            }
            scratch.output.append(UInt8(ascii: "?"))
            scratch.output.append(scratch.canonical, layout.query)
            if !rules.signsSessionToken, let token = credentials.token {
                scratch.output.append("&X-Amz-Security-Token=")
                scratch.output.append(encoding: token.text, .component)
            }
            scratch.output.append("&X-Amz-Signature=")
            scratch.output.append(hex: signature)
            return PresignedURL(text: scratch.output.string())
        }
    }

    /// What is signed by `presign(_:expires:at:)`, for diagnostics. Throws what it throws.
    public func trace(
        presigning request: SigningRequest, expires: Int, at time: SigningTime
    ) throws(SigningError) -> SigningTrace {
        try ScratchPool.shared.withScratch { scratch throws(SigningError) in
            let scope = CredentialScope(checkedRegion: region, service: service, day: time.day)
            try prepareQuery(of: request, expires, at: time, scope, in: &scratch)
            return try trace(request, at: time, in: &scratch)
        }
    }

    /// Takes query and headers, sorted.
    private func prepareQuery(
        of request: SigningRequest, _ expires: Int, at time: SigningTime, _ scope: CredentialScope,
        in scratch: inout SigningScratch
    ) throws(SigningError) {
        guard Self.expiryRange.contains(expires) else {
            throw SigningError(
                .invalidExpiry, "a presigned URL lives 1 second to 7 days (604800 seconds), not \(expires) seconds")
        }
        try scratch.appendHeaders(request, reserved: Self.headersSet)
        scratch.headers.sortByName()
        if !request.query.isEmpty {
            for item in request.query { scratch.query.append(item) }
            for name in Self.parametersSet where scratch.query.contains(name) {
                throw SigningError(.invalidQuery, "the query parameter \(name) is set by the signer")
            }
        }
        appendParameters(expires, at: time, scope, to: &scratch)
        scratch.query.sortByNameAndValue()
    }

    private func appendParameters(
        _ expires: Int, at time: SigningTime, _ scope: CredentialScope, to scratch: inout SigningScratch
    ) {
        scratch.query.append(name: { $0.append("X-Amz-Algorithm") }, value: { $0.append("AWS4-HMAC-SHA256") })
        scratch.query.append(
            name: { $0.append("X-Amz-Credential") },
            value: { writer in
                writer.append(encoding: credentials.accessKeyID, .component)
                writer.append("%2F")
                writer.append(scope.day)
                writer.append("%2F")
                writer.append(encoding: region, .component)
                writer.append("%2F")
                writer.append(encoding: service, .component)
                writer.append("%2Faws4_request")
            })
        scratch.query.append(name: { $0.append("X-Amz-Date") }, value: { time.write(to: &$0) })
        scratch.query.append(name: { $0.append("X-Amz-Expires") }, value: { $0.append(decimal: expires) })
        if rules.signsSessionToken, let token = credentials.token {
            scratch.query.append(
                name: { $0.append("X-Amz-Security-Token") }, value: { $0.append(encoding: token.text, .component) })
        }
        scratch.appendSignedHeaders()
    }

    // In small letters: case does not matter in the comparison.
    private static var parametersSet: [StaticString] {
        [
            "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-security-token",
            "x-amz-signedheaders", "x-amz-signature",
        ]
    }
}

extension SigningScratch {
    /// Takes the query parameter that names the headers, which must be sorted.
    fileprivate mutating func appendSignedHeaders() {
        output.removeAll()
        headers.writeNames(to: &output, separator: ";")
        query.append(name: { $0.append("X-Amz-SignedHeaders") }, value: { $0.append(encoding: output, .component) })
    }
}
