import Core

/// What a job about one file works on.
struct OpenFile: Sendable {
    var configuration: CacheConfiguration
    var store: any ObjectStore
    var filename: ObjectKey

    /// The whole key.
    var key: ObjectKey { configuration.key(of: filename) }

    /// What the operator's commands are told of the object.
    func hooked(contentType: String? = nil, size: Int64? = nil) -> HookedObject {
        HookedObject(
            cache: configuration.name, bucket: store.bucket, key: key, url: configuration.cdnURL(of: filename),
            contentType: contentType, size: size)
    }
}
