import Core

extension ObjectStoreRule {
    /// What holds for URLs.
    static let urls = [
        ObjectStoreRule("each key has a URL of its own, in characters that URLs have, whether or not it exists") {
            fixture in
            let keys = fixture.oddKeys
            try await fixture.fill(Array(keys.prefix(keys.count / 2)))
            var seen: [String: ObjectKey] = [:]
            for key in keys {
                let url = try await fixture.store.presignedURL(of: key, lifetime: 600)
                let place = String(url.text.prefix { $0 != "?" })
                try fixture.require(!place.isEmpty && place.contains("://"), "\(key.quoted): \(url)")
                let isClean = url.text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !illegal.contains($0) }
                try fixture.require(isClean, "\(key.quoted) makes \(url)")
                let other = seen.updateValue(key, forKey: place)
                try fixture.require(other == nil, "\(key.quoted) and \(other?.quoted ?? "") share \(place)")
                try fixture.require(!"\(url) \(String(reflecting: url))".contains("?"), "a description shows a query")
            }
        },
        ObjectStoreRule("a URL ends by its lifetime, of 1 second to 7 days") { fixture in
            let key = fixture.key("lifetime")
            let lifetimes = PresignedURL.lifetimes
            let short = try await fixture.store.presignedURL(of: key, lifetime: lifetimes.lowerBound)
            let long = try await fixture.store.presignedURL(of: key, lifetime: lifetimes.upperBound)
            try fixture.require(short.expiresAt < long.expiresAt, "\(short.expiresAt) is not before \(long.expiresAt)")
            for lifetime in [lifetimes.lowerBound - 1, lifetimes.upperBound + 1, -1, .max, .min] {
                let code = await fixture.failure {
                    _ = try await fixture.store.presignedURL(of: key, lifetime: lifetime)
                }
                try fixture.require(code == .requestRefused, "\(lifetime) gave \(String(describing: code))")
            }
        },
    ]

    private static let illegal = Set("\"<>\\^`{|}#".utf8)
}
