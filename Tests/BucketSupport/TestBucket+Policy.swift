internal import HTTP
internal import S3
internal import SigV4
internal import TestSupport

extension TestBucket {
    /// Lets a second user of Ceph RGW, called `other`, do these things with the bucket and its objects: `s3:GetObject`, ….
    public func allowOther(_ actions: [String]) async throws {
        let names = actions.map { "\"\($0)\"" }.joined(separator: ",")
        try await put(
            policy: """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", \
                "Principal": {"AWS": ["arn:aws:iam:::user/other"]}, "Action": [\(names)], \
                "Resource": ["arn:aws:s3:::\(name)", "arn:aws:s3:::\(name)/*"]}]}
                """)
    }

    private func put(policy: String) async throws {
        let body = Array(policy.utf8)
        let request = SigningRequest(
            method: "PUT", origin: try S3Endpoint(server.endpoint).origin, path: RequestPath(raw: "/\(name)"),
            query: [QueryItem("policy")], payload: try PayloadHash(of: body))
        let signer = try Signer(
            credentials: Credentials(accessKeyID: server.accessKey, secretAccessKey: server.secretKey),
            region: "us-east-1", service: "s3")
        var headers = HTTPHeaders()
        for field in try signer.headers(for: request, at: SigningTime(seconds: SystemClock().now)) {
            headers.append(field.name, field.value)
        }
        let http = try HTTPClient()
        let response = try await http.send(
            HTTPRequest(.put, request.url, headers: headers, body: .bytes(body)), bodyLimit: 1 << 16)
        await http.close()
        guard (200..<300).contains(response.status) else {
            throw TestFailure(
                "the policy of \(name): \(response.status) \(String(decoding: response.body, as: UTF8.self))")
        }
    }
}
