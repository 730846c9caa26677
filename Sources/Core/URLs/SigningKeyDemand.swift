/// Which signing keys of one scope caches need, and what is there.
public struct SigningKeyDemand: Sendable {
    /// What they are for.
    public var scope: SigningKeyScope
    /// The UTC days that are needed, counted from 1970-01-01; the last one is the day after tomorrow.
    public var days: ClosedRange<Int>
    /// What is published and has not ended; nil if there is nothing.
    public var published: Published?

    /// A demand.
    public init(scope: SigningKeyScope, days: ClosedRange<Int>, published: Published?) {
        self.scope = scope
        self.days = days
        self.published = published
    }

    /// Keys that some worker published, as far as workers may see them.
    public struct Published: Sendable {
        /// Of which credential.
        public var accessKeyID: Hidden<String>
        /// When that was obtained.
        public var obtainedAt: Timestamp
        /// When it ends; nil where that is not known or never.
        public var expiresAt: Timestamp?
        /// Of which days.
        public var days: Set<Int>

        /// All that can be seen.
        public init(accessKeyID: String, obtainedAt: Timestamp, expiresAt: Timestamp?, days: some Sequence<Int>) {
            self.accessKeyID = Hidden(accessKeyID)
            self.obtainedAt = obtainedAt
            self.expiresAt = expiresAt
            self.days = Set(days)
        }
    }
}

extension SigningKeyDemand {
    /// The days whose keys a worker with this credential is to publish; nil if it is to leave things as they are.
    ///
    /// Of the same credential, all days as soon as one is missing. Otherwise the credential that was obtained last is the
    /// one to use: it is published at once. So is any where the published keys do not reach tomorrow, for then nobody keeps
    /// them up.
    ///
    /// `lastObtained` is when the credential was obtained that this process last had for the scope, nil at first: then it
    /// publishes, because nobody can see whether what is there was made of the same secret.
    public func daysToPublish(of mine: SigningCredential, lastObtained: Timestamp?) -> ClosedRange<Int>? {
        guard let published else { return days }
        let isRenewed = lastObtained != mine.obtainedAt
        let isSame = published.accessKeyID == mine.accessKeyID && published.expiresAt == mine.expiresAt && !isRenewed
        let isWanted =
            if isSame {
                !days.allSatisfy(published.days.contains)
            } else {
                published.obtainedAt < mine.obtainedAt || !published.days.contains(tomorrow)
            }
        return isWanted ? days : nil
    }

    /// Whether URLs can be signed until the end of tomorrow, as far as keys go.
    public var reachesTomorrow: Bool { published?.days.isSuperset(of: [tomorrow - 1, tomorrow]) ?? false }

    private var tomorrow: Int { days.upperBound - 1 }
}
