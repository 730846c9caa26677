internal import Adapters
internal import Core
internal import Postgres
internal import Worker

/// Whether the URL that SQL hands out for an object brings it.
struct Delivery {
    private let stores: ObjectStoreSetup

    /// The delivery of objects in these stores.
    init(_ stores: ObjectStoreSetup) { self.stores = stores }

    private static let check = "URL"

    /// How URLs of a cache come about.
    private struct Way {
        var cdn: String?
        var access: String
        var url: String?
    }

    /// What came of asking for the probe; nil where there is nothing to ask. Never throws: the probe is to be taken away.
    func finding(of key: ObjectKey, in configuration: CacheConfiguration) async -> HealthFinding? {
        guard stores.buckets != nil else { return nil }
        do {
            let filename = String(key.string.unicodeScalars.dropFirst(configuration.prefix.unicodeScalars.count))
            let way = try await Self.way(to: filename, in: configuration.name)
            guard let url = way.url else {
                return HealthFinding(Self.check, .skip, "There is no URL to ask for: nothing can sign one.")
            }
            guard url.hasPrefix("https:") || url.hasPrefix("http:") else {
                return HealthFinding(
                    Self.check, .skip,
                    "URLs are those of a worker with a local directory, until one with this environment runs.")
            }
            let answer = try await URLProbe(authorityBundlePath: stores.authorityBundlePath)
                .get(url, expecting: BucketProbe.contents)
            return Self.judge(answer, way)
        } catch let error as PostgresError where error.code == .insufficientPrivilege {
            return HealthFinding(Self.check, .skip, "Only members of s3cache_reader get URLs.")
        } catch {
            // The database has a check of its own.
            return nil
        }
    }

    /// What the setting `access` says; nil where the database does not tell.
    static func access(of cache: String) async throws -> String? {
        do {
            return try await way(to: "", in: cache).access
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return nil
        }
    }

    private static func way(to filename: String, in cache: String) async throws -> Way {
        let connection = try await Database.connect()
        let row = try await connection.query(
            """
            select c.cdn_url, c.access, case when $2 <> '' then s3cache.url($2, cache => c.name) end as url
            from s3cache.cache c where c.name = $1
            """, [.string(cache), .string(filename)]
        ).only
        let way = Way(cdn: try row["cdn_url"], access: try row["access"], url: try row["url"])
        await connection.close()
        return way
    }

    private static func judge(_ answer: URLProbe.Answer, _ way: Way) -> HealthFinding {
        let place =
            way.cdn.map { "the CDN at \(ObjectKey($0).quoted)" }
            ?? (way.access == "public" ? "the bucket's public URL" : "a presigned URL")
        func fail(_ text: String) -> HealthFinding { HealthFinding(check, .fail, text) }
        switch answer {
        case .asExpected:
            return HealthFinding(
                check, .pass,
                way.cdn == nil
                    ? "An object came by \(place); a CDN (cdn_url) would be faster for readers far away."
                    : "An object came by \(place).")
        case .somethingElse:
            return fail(
                "What came by \(place) is not the object: let cdn_url, or the endpoint, lead to this bucket and prefix."
            )
        case .status(401), .status(403):
            if way.cdn != nil {
                return fail(
                    "By \(place) the object is refused (403), because the bucket does not let the CDN read: run "
                        + "s3cache setup-bucket --cdn-distribution ARN.")
            }
            return fail(
                way.access == "public"
                    ? "By \(place) the object is refused (403), because the bucket is not public: set access to private, or "
                        + "name a CDN."
                    : "By \(place) the object is refused (403): grant the credential that signs s3:GetObject, and check the "
                        + "cache's region.")
        case .status(404):
            return fail(
                "By \(place) the object is not found (404): let cdn_url, or the endpoint, lead to this bucket and prefix."
            )
        case .status(let status):
            return fail("By \(place) came status \(status): look in the log of what answers there.")
        case .nothing(let reason):
            return fail("By \(place) nothing came (\(reason)): check cdn_url, or the endpoint.")
        }
    }
}
