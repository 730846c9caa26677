/// What is known of requests that stored an object, perhaps: nobody heard what became of them.
///
/// With it, before the bytes are sent again the server is asked whether they are there.
public struct S3EarlierPuts: Sendable {
    /// Whether there were any before this call; those of the call itself are counted all the same.
    public var mayHaveStored: Bool
    /// Tells by what their object is known; nil: by nothing, so that the bytes are sent. What it throws ends the call.
    public var mark: @Sendable () async throws -> Mark?

    /// What an object that they have stored has, besides what is sent with it.
    public struct Mark: Sendable {
        /// The MD5 of its bytes.
        public var md5: [UInt8]
        /// How long ago it was stored at most.
        public var age: Duration

        /// These two.
        public init(md5: [UInt8], age: Duration) {
            self.md5 = md5
            self.age = age
        }
    }

    /// Requests of before, perhaps, and what tells their object.
    public init(mayHaveStored: Bool, mark: @escaping @Sendable () async throws -> Mark?) {
        self.mayHaveStored = mayHaveStored
        self.mark = mark
    }
}
