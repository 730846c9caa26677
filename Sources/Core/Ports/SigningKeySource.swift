/// The credentials that signing keys are made of. Implementation: the worker's credential chain.
public protocol SigningKeySource: Sendable {
    /// The credential for what caches choose: a profile, or nil for the worker's own of the purpose.
    ///
    /// Throws `StoreError`: `configurationInvalid` for a profile that this worker may not use for caches, and the codes of
    /// missing, ended and unavailable credentials.
    func credential(of profile: String?, for purpose: SigningKeyScope.Purpose) async throws -> SigningCredential
}
