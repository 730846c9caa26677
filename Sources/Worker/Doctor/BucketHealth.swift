package import Core

/// Looks at a bucket as a whole: who may reach it, whether its requests are logged, what lies in it that nobody needs.
package struct BucketHealth: Sendable {
    private let administration: any BucketAdministration
    private let prefix: String
    private let isMeantToBePublic: Bool
    private let now: Timestamp

    /// The part of a bucket below a prefix. Uploads in parts that began a day before `now` count as forgotten.
    package init(_ administration: any BucketAdministration, prefix: String, isMeantToBePublic: Bool, now: Timestamp) {
        self.administration = administration
        self.prefix = prefix
        self.isMeantToBePublic = isMeantToBePublic
        self.now = now
    }

    /// So many forgotten uploads are counted.
    private static let limit = 1_000

    /// All checks; what the server does not offer, or these credentials may not look at, is skipped. Throws
    /// `CancellationError` only.
    package func findings() async throws -> [HealthFinding] {
        [
            try await check("public access", publicAccess), try await check("access log", accessLog),
            try await check("unfinished uploads", unfinishedUploads),
        ]
    }

    private func publicAccess(_ check: String) async throws -> HealthFinding {
        let access = try await administration.access()
        if access.isWritable {
            return HealthFinding(
                check, .fail,
                "Everyone may write to \(name), without credentials: take the ACL or policy back that allows it, or run "
                    + "s3cache setup-bucket --block-public-access.")
        }
        if access.isReadable {
            return HealthFinding(
                check, isMeantToBePublic ? .pass : .warn,
                isMeantToBePublic
                    ? "Everyone may read, as the setting access says."
                    : "Everyone may read from \(name), though the setting access is private: run "
                        + "s3cache setup-bucket --block-public-access, or set access to public.")
        }
        return HealthFinding(
            check, isMeantToBePublic ? .info : .pass,
            isMeantToBePublic
                ? "The bucket itself is open to nobody, though the setting access is public: its objects need an ACL that "
                    + "opens them."
                : "Nothing is open to everyone.")
    }

    private func accessLog(_ check: String) async throws -> HealthFinding {
        guard let target = try await administration.accessLog() else {
            return HealthFinding(check, .info, "Off: nobody can tell later who read or wrote what.")
        }
        return HealthFinding(check, .pass, "Kept in \(ObjectKey(target).quoted).")
    }

    private func unfinishedUploads(_ check: String) async throws -> HealthFinding {
        let dayAgo = now.advanced(bySeconds: -86_400)
        let old = try await administration.objects.pendingUploads(prefix: prefix, after: nil, limit: Self.limit)
            .count { $0.startedAt < dayAgo }
        guard old > 0 else { return HealthFinding(check, .pass, "None is older than a day.") }
        return HealthFinding(
            check, .warn,
            "\(old == Self.limit ? "\(old) or more" : "\(old)") uploads in parts were begun more than a day ago and never "
                + "ended, and their parts cost: s3cache setup-bucket --abort-after 7 has them aborted.")
    }

    private var name: String { ObjectKey(administration.bucket).quoted }

    private func check(
        _ check: String, _ body: (String) async throws -> HealthFinding
    ) async throws -> HealthFinding {
        try Task.checkCancellation()
        do {
            return try await body(check)
        } catch let error as StoreError {
            try Task.checkCancellation()
            switch error.code {
            case .notOffered: return HealthFinding(check, .skip, "This server does not offer it.")
            case .accessDenied: return HealthFinding(check, .skip, error.message)
            default: return HealthFinding(check, .warn, error.message)
            }
        }
    }
}
