internal import Core
internal import SigV4

/// The digests of bytes that come in pieces.
final class RunningDigests {
    private let plan: MultipartPlan
    private var whole = SHA256()
    private var part = SHA256()
    private let hasMD5: Bool
    private var md5 = MD5()
    private var parts: [[UInt8]] = []

    /// Of nothing yet. The pieces do not cross the ends of the plan's parts.
    init(_ plan: MultipartPlan, withMD5: Bool) {
        self.plan = plan
        hasMD5 = withMD5
    }

    /// Takes the next piece.
    func update(_ bytes: [UInt8]) {
        part.update(bytes)
        // A single part is the whole.
        if plan.count > 1 { whole.update(bytes) }
        if hasMD5 { md5.update(bytes) }
    }

    /// Ends a part, and begins the next one.
    func endPart() throws { parts.append(try part.restart().bytes) }

    /// The digests of everything, to be asked for once.
    func end() throws -> SourceDigests {
        let sha256 = try whole.restart().bytes
        // Systems under FIPS rules have no MD5.
        let md5 = hasMD5 ? try? md5.restart() : nil
        return SourceDigests(
            plan: plan, sha256: plan.count > 1 ? sha256 : parts.first ?? sha256, md5: md5, parts: parts)
    }
}
