/// How far the attempts at one call have come, and which corrections it has had: each is made once.
struct Attempts {
    /// How many requests were made, corrections aside.
    var count = 0
    var hasCorrectedRegion = false
    var hasCorrectedClock = false
    var hasRenewedCredentials = false
    /// How long the call has waited because its server asks for fewer requests.
    var throttleWait: Duration = .zero
    /// How often its server asked for fewer requests.
    var throttles = 0
    /// Whether an earlier request may have had its effect without our knowing.
    var mayHaveSucceeded = false
}
