import BucketSupport
import Core
import TestSupport
import Testing

/// A worker speaks to an endpoint only once it has proved who it is.
@Suite(.timeLimit(.minutes(15))) struct CertificateTests {
    @Test func endpointOfATrustedAuthorityWorks() async throws {
        try await BucketSite.use { place in
            try await place.bucket.store.put("there", [1])
            let front = try await TLSFront(.good, before: place.proxy.port)
            let rebuild = try await place.session.enqueueRebuild()
            let upload = try await place.session.number("select s3cache.upload('new', 'abc'::bytea)")
            let ended = try await place.run(
                "worker", "--once",
                variables: ["AWS_ENDPOINT_URL": front.origin, "AWS_CA_BUNDLE": try S3TestServer.authorityFile])
            #expect(ended.exit == .code(0), "\(ended.errors)")
            for id in [rebuild, Int64(upload)] {
                let status = try await place.session.status(of: id)
                #expect(status.state == "done", "\(status.error ?? "")")
            }
            #expect(try await place.keys() == ["new", "there"])
            #expect(try await place.session.filenames() == ["new", "there"])
        }
    }

    @Test(
        arguments: [
            (.untrusted, true, "unknown authority", "AWS_CA_BUNDLE"),
            (.good, false, "unknown authority", "AWS_CA_BUNDLE"),
            (.expired, true, "has expired", "renew it"),
            (.wrongName, true, "for other names", "one issued for this name"),
        ] as [(S3TestServer.Certificate, Bool, String, String)])
    func certificateThatProvesNothingIsRefusedBeforeAnyRequest(
        certificate: S3TestServer.Certificate, trustsAuthority: Bool, which: String, fix: String
    ) async throws {
        try await BucketSite.use { place in
            let front = try await TLSFront(certificate, before: place.proxy.port)
            let variables: [String: String?] = [
                "AWS_ENDPOINT_URL": front.origin,
                "AWS_CA_BUNDLE": trustsAuthority ? try S3TestServer.authorityFile : nil,
            ]
            let rebuild = try await place.session.enqueueRebuild()
            let upload = try await place.session.number("select s3cache.upload('new', 'abc'::bytea)")
            let ended = try await place.run("worker", "--once", variables: variables)
            #expect(ended.exit == .code(0), "\(ended.errors)")
            var told: [String] = []
            for id in [rebuild, Int64(upload)] {
                let status = try await place.session.status(of: id)
                #expect(status.state == "failed" && status.code == "certificate_refused" && status.attempt == 1)
                told.append(status.error ?? "")
            }
            told.append(try await place.run("get", "a", variables: variables).errors)
            told.append(try await place.run("doctor", variables: variables).output)
            for text in told {
                #expect(text.contains(which) && text.contains(fix), "\(text)")
                #expect(text.contains("the certificate of \(front.origin.dropFirst(8))"), "\(text)")
            }
            #expect(place.proxy.count() == 0)
            #expect(try await place.keys() == [])
        }
    }

    @Test func bundleThatCannotBeReadIsNamed() async throws {
        try await BucketSite.use { place in
            let front = try await TLSFront(.good, before: place.proxy.port)
            let doctor = try await place.run(
                "doctor", variables: ["AWS_ENDPOINT_URL": front.origin, "AWS_CA_BUNDLE": "/nowhere/ca.pem"])
            #expect(doctor.exit == .code(1) && doctor.output.contains("AWS_CA_BUNDLE"), "\(doctor.output)")
            #expect(place.proxy.count() == 0)
        }
    }
}
