extension Signer {
    /// The headers that make a request a signed one: `x-amz-date`, where the rules say so `x-amz-content-sha256`, for
    /// temporary credentials `x-amz-security-token`, and `authorization`.
    ///
    /// Send them with those of the request, with `request.origin.host` as `Host`, to `request.url`. Servers refuse
    /// signatures that are 15 minutes older or newer than their clock.
    ///
    /// Throws `invalidHeader`, `invalidMethod`, `hashUnavailable`.
    public func headers(for request: SigningRequest, at time: SigningTime) throws(SigningError) -> [HeaderField] {
        try ScratchPool.shared.withScratch { scratch throws(SigningError) in
            var fields = try prepareHeaders(of: request, at: time, in: &scratch)
            _ = try scratch.writeCanonicalRequest(request, rules)
            let key = try key(on: time.day)
            let signature = try scratch.sign(key, at: time)

            scratch.output.removeAll()
            scratch.output.append("AWS4-HMAC-SHA256 Credential=")
            scratch.output.append(credentials.accessKeyID)
            scratch.output.append(UInt8(ascii: "/"))
            scratch.output.append(key.scope)
            scratch.output.append(", SignedHeaders=")
            scratch.headers.writeNames(to: &scratch.output, separator: ";")
            scratch.output.append(", Signature=")
            scratch.output.append(hex: signature)
            fields.append(HeaderField("authorization", scratch.output.string()))
            return fields
        }
    }

    /// What is signed by `headers(for:at:)`, for diagnostics. Throws what it throws.
    public func trace(_ request: SigningRequest, at time: SigningTime) throws(SigningError) -> SigningTrace {
        try ScratchPool.shared.withScratch { scratch throws(SigningError) in
            _ = try prepareHeaders(of: request, at: time, in: &scratch)
            return try trace(request, at: time, in: &scratch)
        }
    }

    /// Takes query and headers, sorted, and gives the headers to add before the authorization.
    private func prepareHeaders(
        of request: SigningRequest, at time: SigningTime, in scratch: inout SigningScratch
    ) throws(SigningError) -> [HeaderField] {
        var unsigned: [HeaderField] = []
        var signed = [HeaderField("x-amz-date", time.description)]
        if rules.sendsPayloadHash {
            signed.append(HeaderField("x-amz-content-sha256", request.payload.text))
        }
        if let token = credentials.token {
            let field = HeaderField("x-amz-security-token", token.text)
            if rules.signsSessionToken { signed.append(field) } else { unsigned.append(field) }
        }
        try scratch.appendHeaders(request, reserved: Self.headersSet)
        for field in signed { try scratch.appendHeader(field) }
        scratch.headers.sortByName()
        for item in request.query { scratch.query.append(item) }
        scratch.query.sortByNameAndValue()
        return signed + unsigned
    }

    /// The headers that callers may not give.
    static var headersSet: [StaticString] {
        ["host", "authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"]
    }

    /// What the prepared lists make.
    func trace(
        _ request: SigningRequest, at time: SigningTime, in scratch: inout SigningScratch
    ) throws(SigningError) -> SigningTrace {
        _ = try scratch.writeCanonicalRequest(request, rules)
        let exact = scratch.canonical.string()
        let scope = CredentialScope(checkedRegion: region, service: service, day: time.day)
        try scratch.writeStringToSign(scope, at: time)
        let stringToSign = scratch.output.string()
        scratch.headers.redact(HeaderField.isSensitive)
        scratch.query.redact { $0.lowercased() == "x-amz-security-token" }
        _ = try scratch.writeCanonicalRequest(request, rules)
        return SigningTrace(
            canonicalRequest: scratch.canonical.string(), stringToSign: stringToSign, exactCanonicalRequest: exact)
    }
}
