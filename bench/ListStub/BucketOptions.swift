/// What a bucket holds; two with the same options hold the same.
struct BucketOptions {
    /// How many objects.
    var objects = 100_000
    /// The shape of their keys.
    var distribution = Distribution.uuid
    /// What all that is random follows from.
    var seed: UInt64 = 1
    /// The part of the objects that have another ETag than with 0.
    var changed = 0.0
}
