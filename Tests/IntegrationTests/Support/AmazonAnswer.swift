import TestSupport

/// Answers of Amazon S3 that its users quote, with everything of the request that it repeats in them.
enum AmazonAnswer {
    static func expiredToken(_ request: FaultProxy.Request) -> FaultProxy.Fault {
        error(
            400, "ExpiredToken", "The provided token has expired.",
            "<Token-0>\(request["x-amz-security-token"] ?? "")</Token-0>")
    }

    static func signatureDoesNotMatch(_ request: FaultProxy.Request) -> FaultProxy.Fault {
        let authorization = request["authorization"] ?? ""
        let signature = authorization.split(separator: "Signature=").last ?? ""
        return error(
            403, "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided: \(authorization)",
            """
            <StringToSign>AWS4-HMAC-SHA256</StringToSign><SignatureProvided>\(signature)</SignatureProvided>\
            <CanonicalRequest>\(request.method) x-amz-security-token:\(request["x-amz-security-token"] ?? "") \
            authorization:\(authorization)</CanonicalRequest>
            """)
    }

    static let accessDenied = error(403, "AccessDenied", "Access Denied", "")

    static func permanentRedirect(region: String?) -> FaultProxy.Fault {
        error(
            301, "PermanentRedirect",
            "The bucket you are attempting to access must be addressed using the specified endpoint.",
            "<Endpoint>bucket.s3.amazonaws.com</Endpoint>", headers: region.map { [("x-amz-bucket-region", $0)] } ?? [])
    }

    static func wrongScope(expecting region: String) -> FaultProxy.Fault {
        error(
            400, "AuthorizationHeaderMalformed",
            "The authorization header is malformed; the region is wrong; expecting '\(region)'",
            "<Region>\(region)</Region>")
    }

    private static func error(
        _ status: Int, _ code: String, _ message: String, _ more: String,
        headers: [(name: String, value: String)] = []
    ) -> FaultProxy.Fault {
        let body = """
            <?xml version="1.0" encoding="UTF-8"?>
            <Error><Code>\(code)</Code><Message>\(message)</Message>\(more)\
            <RequestId>4442587FB7D0A2F9</RequestId><HostId>host</HostId></Error>
            """
        return .status(status, headers: headers + [("Content-Type", "application/xml")], body: Array(body.utf8))
    }
}
