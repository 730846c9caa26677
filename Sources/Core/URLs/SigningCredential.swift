/// A credential that signing keys are made of, without its secret.
public struct SigningCredential: Sendable {
    /// The public part.
    public var accessKeyID: Hidden<String>
    /// Of temporary credentials: what goes into each URL.
    public var sessionToken: Hidden<String>?
    /// When this process first saw it: the same for as long as its source gives the same one.
    public var obtainedAt: Timestamp
    /// When it ends; nil for credentials without an end, and for temporary ones of which nobody said it.
    public var expiresAt: Timestamp?
    private let derive: @Sendable (_ region: String, _ day: Int) throws -> DerivedSigningKey

    /// A credential. `derive` makes its key for a region and a UTC day, counted from 1970-01-01.
    public init(
        accessKeyID: String, sessionToken: String?, obtainedAt: Timestamp, expiresAt: Timestamp?,
        derive: @escaping @Sendable (_ region: String, _ day: Int) throws -> DerivedSigningKey
    ) {
        self.accessKeyID = Hidden(accessKeyID)
        self.sessionToken = sessionToken.map { Hidden($0) }
        self.obtainedAt = obtainedAt
        self.expiresAt = expiresAt
        self.derive = derive
    }

    /// The keys of some days. Throws `StoreError` for a region or a day that cannot be one.
    public func keys(for region: String, on days: ClosedRange<Int>) throws -> [DerivedSigningKey] {
        try days.map { try derive(region, $0) }
    }
}

/// What signs everything on one UTC day in one region: the two blocks that HMAC-SHA256 hashes before its messages.
public struct DerivedSigningKey: Hashable, Sendable {
    /// The UTC day, counted from 1970-01-01.
    public var day: Int
    /// 64 bytes: the key XOR 0x36.
    public var innerPad: Hidden<[UInt8]>
    /// 64 bytes: the key XOR 0x5c.
    public var outerPad: Hidden<[UInt8]>

    /// The key of a day.
    public init(day: Int, innerPad: [UInt8], outerPad: [UInt8]) {
        self.day = day
        self.innerPad = Hidden(innerPad)
        self.outerPad = Hidden(outerPad)
    }
}
