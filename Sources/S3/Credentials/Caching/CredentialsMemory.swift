internal import SigV4

/// Decides, without asking anyone, what is done about credentials: kept ones given, the source asked, or its failure told.
///
/// Times are seconds since 1970-01-01T00:00:00Z. Whatever says "in the same second" holds until the clock shows another second, earlier or later.
struct CredentialsMemory {
    /// From how long before their end on a newer set is asked for, in seconds.
    static let refreshWindow: Int64 = 15 * 60
    /// From how long before their end on a failure to get a newer set is told, in seconds; half of what remained when they
    /// were got, where that is less.
    static let mandatoryWindow: Int64 = 10 * 60
    /// How long the source is left alone after it gave a set, and after it failed while the kept one was still good.
    private static let pauseAfterSuccess: Int64 = 60
    private static let pauseAfterFailure: Int64 = 10

    /// What a caller is to do.
    enum Answer {
        /// These are good.
        case give(Credentials)
        /// The source has just failed.
        case fail(CredentialsError)
        /// Ask the source, then call `loaded`, `failed` or `abandoned`.
        case load
        /// Somebody is asking: wait for the outcome.
        case wait
    }

    private var kept: Kept?
    private var failure: (error: CredentialsError, at: Int64)?
    private var refused: Credentials?
    private var confirmed: (credentials: Credentials, at: Int64)?
    private var checkedAt: Int64?
    private(set) var isLoading = false

    private struct Kept {
        let credentials: Credentials
        let loadedAt: Int64
        let revision: SourceRevision
    }

    /// What a caller gets now.
    mutating func ask(at now: Int64) -> Answer {
        if let kept = usable(at: now) {
            if isLoading || !wantsRefresh(kept, at: now) { return .give(kept.credentials) }
        } else if isLoading {
            return .wait
        } else if let failure, failure.at == now {
            return .fail(failure.error)
        }
        isLoading = true
        return .load
    }

    /// Whether the files behind the kept credentials are to be looked at: once a second.
    mutating func wantsRevision(at now: Int64) -> Bool {
        guard kept != nil, !isLoading, checkedAt != now else { return false }
        checkedAt = now
        return true
    }

    /// The files are like this now. Credentials from other ones are forgotten.
    mutating func note(_ revision: SourceRevision) {
        guard let kept, kept.revision != revision else { return }
        self.kept = nil
    }

    /// The source gave these; `revision` is what it was before it was asked.
    mutating func loaded(
        _ credentials: Credentials, _ revision: SourceRevision, at now: Int64
    ) -> Result<Credentials, CredentialsError> {
        isLoading = false
        if let end = credentials.expiration, end.seconds <= now {
            return fail(
                CredentialsError(
                    .expired, "the credentials have expired, and their source gives no newer ones: renew them there"),
                at: now)
        }
        confirmed = refused == credentials ? (credentials, now) : nil
        refused = nil
        failure = nil
        kept = Kept(credentials: credentials, loadedAt: now, revision: revision)
        checkedAt = now
        return .success(credentials)
    }

    /// The source failed. The kept credentials may still do.
    mutating func failed(_ error: CredentialsError, at now: Int64) -> Result<Credentials, CredentialsError> {
        isLoading = false
        return fail(error, at: now)
    }

    /// Whoever asked the source was cancelled: the next one may ask.
    mutating func abandoned() { isLoading = false }

    /// The service did not accept these.
    ///
    /// Where the source, asked again, gave the very same ones, they stay for the rest of that second: many requests that
    /// fail alike must not each ask the source.
    mutating func discard(_ credentials: Credentials, at now: Int64) {
        guard kept?.credentials == credentials else { return }
        if let confirmed, confirmed.credentials == credentials, confirmed.at == now { return }
        kept = nil
        refused = credentials
    }

    private mutating func fail(
        _ error: CredentialsError, at now: Int64
    ) -> Result<Credentials, CredentialsError> {
        failure = (error, now)
        guard let kept = usable(at: now) else { return .failure(error) }
        return .success(kept.credentials)
    }

    /// The kept credentials, where they have not ended, and are not so near to it that a failure must be told.
    private func usable(at now: Int64) -> Kept? {
        guard let kept else { return nil }
        guard let end = kept.credentials.expiration else { return kept }
        let window = min(Self.mandatoryWindow, (end.seconds - kept.loadedAt) / 2)
        return end.seconds - now > max(0, window) ? kept : nil
    }

    private func wantsRefresh(_ kept: Kept, at now: Int64) -> Bool {
        guard let end = kept.credentials.expiration, end.seconds - now < Self.refreshWindow,
            !isRecent(kept.loadedAt, now, Self.pauseAfterSuccess)
        else { return false }
        guard let failure else { return true }
        return !isRecent(failure.at, now, Self.pauseAfterFailure)
    }

    /// Whether `now` lies less than `pause` seconds behind `then`. A clock that was set back does not make it recent for long.
    private func isRecent(_ then: Int64, _ now: Int64, _ pause: Int64) -> Bool {
        (0..<pause).contains(now - then)
    }
}
