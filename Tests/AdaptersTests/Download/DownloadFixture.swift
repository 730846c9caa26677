import Adapters
import Core
import Synchronization
import TestSupport
import Testing

/// A downloader that may connect to 127.0.0.1 and nothing else of this machine, and knows some names of its own.
struct DownloadFixture {
    let downloader: HTTPDownloader

    /// `names` says what a name leads to, the first answer first; the last one stays. Ports are those of the servers.
    init(
        ports: [UInt16], names: [String: [[String]]] = [:],
        _ change: (inout DownloadRules, inout HTTPDownloaderSettings) -> Void = { _, _ in }
    ) throws {
        var rules = DownloadRules()
        rules.allowsPlainHTTP = true
        rules.ports.formUnion(ports)
        rules.addresses.allowed = [try #require(AddressBlock("127.0.0.1"))]
        var settings = HTTPDownloaderSettings()
        let answers = NameAnswers(names)
        settings.resolver = { answers.next($0) }
        change(&rules, &settings)
        downloader = try HTTPDownloader(rules, settings)
    }

    /// What is at the URL, with the bytes.
    func get(
        _ url: String, maximumBytes: Int = 1 << 20, _ change: (inout DownloadLimits) -> Void = { _ in }
    ) async throws -> (head: DownloadedHead, bytes: [UInt8]) {
        var limits = DownloadLimits(maximumBytes: maximumBytes)
        // However busy the machine is.
        limits.total = .seconds(120)
        limits.connect = .seconds(60)
        change(&limits)
        let sink = CollectingSink()
        let head = try await downloader.download(try UntrustedURL(url), limits: limits, into: sink)
        return (head, sink.bytes)
    }

    /// Why there is nothing to be had at the URL; nil where there is.
    func failure(
        _ url: String, maximumBytes: Int = 1 << 20, _ change: (inout DownloadLimits) -> Void = { _ in }
    ) async throws -> DownloadError? {
        do {
            _ = try await get(url, maximumBytes: maximumBytes, change)
            return nil
        } catch let error as DownloadError {
            return error
        }
    }
}

/// What a name service says that changes its mind.
private final class NameAnswers: Sendable {
    private let answers: Mutex<[String: [[String]]]>

    init(_ names: [String: [[String]]]) { answers = Mutex(names) }

    func next(_ name: String) -> [String]? {
        answers.withLock { answers in
            guard var list = answers[name], let first = list.first else { return nil }
            if list.count > 1 { list.removeFirst() }
            answers[name] = list
            return first
        }
    }
}

/// A response with these lines and this body.
func answer(_ lines: String..., body: String = "") -> String {
    (lines + ["Content-Length: \(body.utf8.count)"]).joined(separator: "\r\n") + "\r\n\r\n" + body
}
