import Foundation
import Testing

@testable import SigV4

@Suite("Requests are signed as botocore signs them")
struct CorpusTests {
    @Test("the committed requests: odd keys, queries, headers, tokens, regions, lifetimes")
    func committed() throws {
        let count = try check(try Vectors.committedCorpus("requests.jsonl"))
        #expect(count.requests >= 500)
        #expect(count.policies == 0)
    }

    @Test("the committed URLs that SQL can sign too")
    func committedURLs() throws {
        let count = try check(try Vectors.committedCorpus("urls.jsonl"))
        #expect(count.requests >= 250)
        #expect(count.policies == 0)
    }

    @Test("the committed POST policies")
    func committedPolicies() throws {
        let count = try check(try Vectors.committedCorpus("posts.jsonl"))
        #expect(count.policies >= 80)
        #expect(count.requests == 0)
    }

    @Test("every corpus in S3CACHE_TEST_VECTORS", .enabled(if: Vectors.isExternalSet))
    func external() throws {
        let corpora = try Vectors.externalCorpora()
        #expect(!corpora.isEmpty)
        for corpus in corpora {
            let count = try check(corpus.lines)
            print("corpus \(corpus.name): \(count.requests) requests, \(count.policies) POST policies")
        }
    }

    private struct Kind: Decodable {
        let kind: String
    }

    /// Checks every line, reports the first few differences, and counts.
    private func check(_ lines: [Data]) throws -> (requests: Int, policies: Int) {
        let decoder = JSONDecoder()
        var requests = 0
        var policies = 0
        var differences: [String] = []
        for line in lines {
            if try decoder.decode(Kind.self, from: line).kind == "post" {
                policies += 1
                differences += try PolicyRecord(line).differences()
            } else {
                requests += 1
                differences += try decoder.decode(CorpusRecord.self, from: line).differences()
            }
        }
        #expect(differences.count == 0, "\(differences.prefix(5).joined(separator: "\n"))")
        return (requests, policies)
    }
}
