import BucketSupport
import Foundation
import TestSupport
import Testing

/// What `s3cache doctor` said.
struct DoctorReport: Decodable {
    /// One line of its JSON.
    struct Check: Decodable {
        var check: String
        var status: String
        var detail: String
    }

    var ok: Bool
    var checks: [Check]

    func status(_ check: String) -> String { checks.first { $0.check.hasSuffix(check) }?.status ?? "absent" }
    func detail(_ check: String) -> String { checks.first { $0.check.hasSuffix(check) }?.detail ?? "absent" }
    var failed: [String] { checks.filter { $0.status == "fail" }.map(\.check) }

    /// Runs it for people and for programs; both must say the same.
    static func of(
        _ place: BucketSite, _ variables: [String: String?] = [:], _ location: SourceLocation
    ) async throws -> DoctorReport {
        let json = try await place.run("doctor", "--json", variables: variables)
        let report = try JSONDecoder().decode(DoctorReport.self, from: Data(json.output.utf8))
        #expect(json.exit == .code(report.ok ? 0 : 1) && json.errors.isEmpty, "\(json)", sourceLocation: location)
        #expect(report.ok == report.failed.isEmpty, sourceLocation: location)
        #expect(report.checks.allSatisfy { !$0.detail.contains("\n") && !$0.detail.contains("\t") })

        let plain = try await place.run("doctor", variables: variables)
        #expect(plain.exit == json.exit, sourceLocation: location)
        let lines = plain.output.split(separator: "\n")
        #expect(lines.count == report.checks.count + 1, "\(plain.output)", sourceLocation: location)
        #expect(lines.count { $0.hasPrefix("FAIL  ") } == report.failed.count, sourceLocation: location)
        for text in [json.output, json.errors, plain.output, plain.errors] {
            #expect(!text.contains(place.bucket.server.secretKey) && !text.contains(place.bucket.server.accessKey))
            #expect(!text.contains("Signature="))
        }
        return report
    }
}
