/// Where a signing key is valid: one UTC day, one region, one service.
public struct CredentialScope: Hashable, Sendable {
    /// The UTC day.
    public let day: SigningDay
    /// For instance `eu-central-1`.
    public let region: String
    /// For instance `s3`.
    public let service: String

    /// Throws `invalidScope` if region or service is empty or has a character other than printable ASCII without `/`
    /// and `,`.
    public init(day: SigningDay, region: String, service: String) throws(SigningError) {
        try Self.check(region, "region")
        try Self.check(service, "service")
        self.init(checkedRegion: region, service: service, day: day)
    }

    /// For names that were checked before.
    init(checkedRegion region: String, service: String, day: SigningDay) {
        self.day = day
        self.region = region
        self.service = service
    }

    static func check(_ name: String, _ what: String) throws(SigningError) {
        let isFit = name.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x2f && $0 != 0x2c }
        guard !name.isEmpty, isFit else {
            throw SigningError(
                .invalidScope, "the \(what) is empty, or has white space, a slash or a comma in it")
        }
    }
}

extension CredentialScope: CustomStringConvertible {
    /// As in a string to sign: `20130524/us-east-1/s3/aws4_request`.
    public var description: String { "\(day)/\(region)/\(service)/aws4_request" }
}
