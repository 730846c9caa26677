/// How the bytes of a source get into a store. It changes nothing about what is stored.
public struct TransferOptions: Sendable {
    /// What is larger goes in parts, where the store has such a thing: bytes.
    public var threshold = MultipartPlan.usualPartSize
    /// The size of a part unless that would make too many: bytes.
    public var partSize = MultipartPlan.usualPartSize
    /// How many parts are on their way at a time, at least one. Each takes some 3 MiB of memory.
    public var partsInFlight = 4
    /// The digests of the source's bytes, divided as `plan(for:)` says, where they are known: otherwise the store reads
    /// everything once more to have them.
    public var digests: SourceDigests?
    /// Bytes that may be there already, because an earlier request had no answer, are looked for by this before they are sent again,
    /// and taken for stored where nothing else can have put them there. Nil: they are sent.
    public var earlier: EarlierAttempts?
    /// An upload that was broken off. Where the store does not know it any more, or it is of something else, all is sent.
    public var resume: MultipartCheckpoint?
    /// Told before the store is asked to begin an upload in parts: where nobody gets to know what the store calls it, it can be
    /// looked for by its key. What it throws ends the upload.
    public var begin: (@Sendable () async throws -> Void)?
    /// Takes what is needed to go on after a break: once before the first part is sent, after each part, and before the object
    /// is made of them; never twice at the same time. What it throws ends the upload, which is left for `resume`.
    ///
    /// Nil: nobody will go on. Then an upload that fails is aborted whatever the reason.
    public var save: (@Sendable (MultipartCheckpoint) async throws -> Void)?

    /// The usual way, without going on after a break.
    public init() {}

    /// How an object of this size is divided.
    public func plan(for size: Int64) -> MultipartPlan { MultipartPlan(size: size, atLeast: partSize) }
}
