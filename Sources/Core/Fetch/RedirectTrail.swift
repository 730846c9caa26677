/// Where a download has been led so far: each place is judged before anything is asked there.
public struct RedirectTrail: Sendable {
    /// Where to ask now.
    public private(set) var url: UntrustedURL
    private var seen: Set<UntrustedURL>
    private let rules: DownloadRules
    private let limit: Int

    /// The beginning of a download that follows at most `limit` redirects. Throws what `DownloadRules.admit` throws.
    public init(_ url: UntrustedURL, rules: DownloadRules, limit: Int) throws(DownloadError) {
        try rules.admit(url)
        self.url = url
        self.rules = rules
        self.limit = limit
        seen = [url]
    }

    /// Whether a response with this status says that the resource is elsewhere (RFC 9110, 15.4).
    public static func isRedirect(status: Int) -> Bool { [301, 302, 303, 307, 308].contains(status) }

    /// Goes where a redirect's `Location` leads, all of them where there are several.
    ///
    /// Throws `redirects` for too many, circles, the way from https to http, and what is not one URL; else what
    /// `DownloadRules.admit` throws.
    public mutating func follow(_ locations: [String]) throws(DownloadError) {
        guard let location = locations.first, locations.allSatisfy({ $0 == location }) else {
            throw refusal("redirects without saying to where; give the URL that it should lead to")
        }
        let next: UntrustedURL
        do {
            next = try url.resolving(location)
        } catch {
            throw refusal("redirects to what is no URL that can be fetched; give the URL that it should lead to")
        }
        guard next.isSecure || !url.isSecure else {
            throw refusal("redirects from https to http, which is not followed; give an https URL that stays so")
        }
        guard !seen.contains(next) else {
            throw refusal("redirects in a circle; give the URL that it should lead to")
        }
        guard seen.count <= limit else {
            throw refusal("is at the end of more than \(limit) redirects; give the URL that they lead to")
        }
        try rules.admit(next)
        seen.insert(next)
        url = next
    }

    private func refusal(_ what: String) -> DownloadError {
        DownloadError(.redirects, "The host \(url.host.text) \(what).", host: url.host.text)
    }
}
