import Core
import S3
import Testing

@testable import Adapters

@Suite("Caches may name Amazon's endpoints, and those that the worker's environment has")
struct EndpointPolicyTests {
    private func isAdmitted(_ text: String, own: String? = nil, allowed: [String] = []) throws -> Bool {
        let policy = try EndpointPolicy(own: own.map { try S3Endpoint($0) }, allowed: allowed, profiles: [])
        do {
            try policy.admit(try S3Endpoint(text), bucket: "b")
            return true
        } catch let error as StoreError {
            #expect(error.code == .configurationInvalid && error.message.contains("S3CACHE_ALLOWED_ENDPOINTS"))
            #expect(error.bucket == "b" && !error.isRetryable)
            return false
        }
    }

    @Test(
        "Amazon's own forms",
        arguments: [
            "https://s3.amazonaws.com", "https://s3.eu-west-1.amazonaws.com", "https://S3.EU-West-1.AmazonAWS.com/",
            "https://s3-eu-west-1.amazonaws.com", "https://s3.dualstack.eu-west-1.amazonaws.com",
            "https://s3-fips.us-gov-west-1.amazonaws.com", "https://s3-fips.dualstack.us-east-1.amazonaws.com",
            "https://s3.cn-north-1.amazonaws.com.cn",
        ])
    func amazon(endpoint: String) throws {
        #expect(try isAdmitted(endpoint))
    }

    @Test(
        "What only looks like them",
        arguments: [
            "http://s3.amazonaws.com", "http://s3.eu-west-1.amazonaws.com", "https://s3.amazonaws.com:8443",
            "https://s3.eu-west-1.amazonaws.com:80", "https://s3.evil.com", "https://s3.amazonaws.com.evil.com",
            "https://s3.amazonaws.com.cn.evil.cn", "https://s3.evil-amazonaws.com", "https://s3amazonaws.com",
            "https://amazonaws.com", "https://ec2-1-2-3-4.compute.amazonaws.com",
            "https://ec2-1-2-3-4.eu-west-1.compute.amazonaws.com", "https://bucket.elb.amazonaws.com",
            "https://s3.elb.amazonaws.com", "https://s3.eu-west-1.elb.amazonaws.com",
            "https://s3-eu-west-1.elb.amazonaws.com", "https://s3-website-eu-west-1.amazonaws.com",
            "https://s3-website.eu-west-1.amazonaws.com", "https://bucket.s3.amazonaws.com",
            "https://bucket.s3.eu-west-1.amazonaws.com", "https://s3.eu-west-1.x.amazonaws.com",
            "https://s3.execute-api.amazonaws.com", "https://s3.dualstack.dualstack.amazonaws.com",
            "https://s3.a-b-c.amazonaws.com", "https://s3.amazonaws.com.", "https://s3..eu-west-1.amazonaws.com",
            "https://s3-accelerate.amazonaws.com.x", "https://iam.amazonaws.com", "https://127.0.0.1",
        ])
    func lookAlikes(endpoint: String) throws {
        // What is no endpoint at all is refused before.
        guard (try? S3Endpoint(endpoint)) != nil else { return }
        #expect(try !isAdmitted(endpoint))
    }

    @Test("Own and allowed ones, in every spelling, and with scheme and port")
    func environment() throws {
        let own = "http://store.example.com:9000"
        let allowed = ["https://Other.example.com/", "https://third.example.com:8443"]
        for text in [
            own, "http://STORE.example.com:9000/", "https://other.example.com", "https://third.example.com:8443",
        ] {
            #expect(try isAdmitted(text, own: own, allowed: allowed), "\(text)")
        }
        for text in [
            "https://store.example.com:9000", "http://store.example.com", "http://other.example.com",
            "https://third.example.com", "https://a.other.example.com", "https://example.com",
        ] {
            #expect(try !isAdmitted(text, own: own, allowed: allowed), "\(text)")
        }
        #expect(throws: StoreError.self) { try EndpointPolicy(own: nil, allowed: ["nonsense"], profiles: []) }
    }

    @Test(
        "Profiles are those of the list, letter by letter",
        arguments: [
            ("a", true), ("b c", true), ("A", false), ("", false), ("a ", false), ("default", false),
        ])
    func profiles(name: String, isAllowed: Bool) throws {
        let policy = try EndpointPolicy(own: nil, allowed: [], profiles: ["a", "b c"])
        do {
            try policy.admit(profile: name, bucket: "b")
            #expect(isAllowed)
        } catch {
            #expect(!isAllowed && error.code == .configurationInvalid)
            #expect(error.message.contains("S3CACHE_ALLOWED_PROFILES"))
        }
    }
}
