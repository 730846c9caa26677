import Core

/// What a job about one file works on.
struct OpenFile: Sendable {
    var configuration: CacheConfiguration
    var store: any ObjectStore
    var key: ObjectKey
}
