extension SigningScratch {
    /// Where path and query stand in a canonical request.
    struct Layout {
        let path: Range<Int>
        let query: Range<Int>
    }

    /// Takes a header in its canonical form: the name in small letters, the value without white space around it and
    /// with single spaces in it.
    ///
    /// Throws `invalidHeader` for a name that is not a token, and for a value with a line break or NUL.
    mutating func appendHeader(_ field: HeaderField) throws(SigningError) {
        guard !field.name.isEmpty, field.name.utf8.allSatisfy(\.isTokenCharacter) else {
            throw SigningError(.invalidHeader, "a header has a name that HTTP does not allow")
        }
        guard field.value.utf8.allSatisfy({ $0 != 0 && $0 != 0x0a && $0 != 0x0d }) else {
            throw SigningError(.invalidHeader, "the header \(field.name) has a line break or a NUL in its value")
        }
        headers.append(
            name: { writer in
                for byte in field.name.utf8 { writer.append(byte.asciiLowercased) }
            },
            value: { writer in
                let start = writer.count
                var isAfterSpace = false
                for byte in field.value.utf8 {
                    if byte == 0x20 || (0x09...0x0d).contains(byte) {
                        isAfterSpace = writer.count > start
                    } else {
                        if isAfterSpace { writer.append(UInt8(ascii: " ")) }
                        isAfterSpace = false
                        writer.append(byte)
                    }
                }
            })
    }

    /// Takes the headers of a request and its host. Throws `invalidHeader` also for those in `reserved`.
    mutating func appendHeaders(_ request: SigningRequest, reserved: [StaticString]) throws(SigningError) {
        if !request.headers.isEmpty {
            for field in request.headers { try appendHeader(field) }
            for name in reserved where headers.contains(name) {
                throw SigningError(.invalidHeader, "the header \(name) is set by the signer")
            }
        }
        headers.append(name: { $0.append("host") }, value: { $0.append(request.origin.host) })
    }

    /// Writes the canonical request of what was taken, sorted before. Throws `invalidMethod`.
    mutating func writeCanonicalRequest(
        _ request: SigningRequest, _ rules: SigningRules
    ) throws(SigningError) -> Layout {
        guard !request.method.isEmpty, request.method.utf8.allSatisfy(\.isTokenCharacter) else {
            throw SigningError(.invalidMethod, "a method is a word such as GET")
        }
        canonical.removeAll()
        canonical.append(request.method)
        canonical.append(UInt8(ascii: "\n"))
        let path = canonical.count
        rules.canonicalPath.write(request.path, to: &canonical)
        let pathEnd = canonical.count
        canonical.append(UInt8(ascii: "\n"))
        let start = canonical.count
        query.writeQuery(to: &canonical)
        let layout = Layout(path: path..<pathEnd, query: start..<canonical.count)
        canonical.append(UInt8(ascii: "\n"))
        headers.writeHeaders(to: &canonical)
        canonical.append(UInt8(ascii: "\n"))
        headers.writeNames(to: &canonical, separator: ";")
        canonical.append(UInt8(ascii: "\n"))
        canonical.append(request.payload.text)
        return layout
    }

    /// Writes the string to sign for the canonical request into `output`. Throws `hashUnavailable`.
    mutating func writeStringToSign(_ scope: CredentialScope, at time: SigningTime) throws(SigningError) {
        context.restart()
        context.update(canonical.bytes)
        let hash = try context.digest()
        output.removeAll()
        output.append("AWS4-HMAC-SHA256\n")
        time.write(to: &output)
        output.append(UInt8(ascii: "\n"))
        output.append(scope)
        output.append(UInt8(ascii: "\n"))
        output.append(hex: hash)
    }

    /// The signature of the canonical request. `output` holds the string to sign then. Throws `hashUnavailable`.
    mutating func sign(_ key: SigningKey, at time: SigningTime) throws(SigningError) -> SHA256.Digest {
        try writeStringToSign(key.scope, at: time)
        return try key.code.authenticate(output.bytes, with: &context)
    }
}

extension ByteWriter {
    /// Appends `20130524/us-east-1/s3/aws4_request`.
    mutating func append(_ scope: CredentialScope) {
        append(scope.day)
        append(UInt8(ascii: "/"))
        append(scope.region)
        append(UInt8(ascii: "/"))
        append(scope.service)
        append("/aws4_request")
    }
}
