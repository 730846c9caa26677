internal import Core
internal import S3

extension ObjectSummary {
    /// What HEAD of AWS leaves out, and some servers' listings too.
    static let usualStorageClass = "STANDARD"

    /// A row of a listing.
    init(_ listed: S3ListedObject) {
        self.init(
            key: ObjectKey(listed.key), size: listed.size, etag: listed.etag,
            lastModified: Timestamp(microseconds: listed.lastModified),
            storageClass: listed.storageClass ?? Self.usualStorageClass)
    }

    /// The headers of a HEAD or GET.
    init(key: ObjectKey, _ metadata: S3ObjectMetadata) {
        self.init(
            key: key, size: metadata.size, etag: metadata.etag,
            lastModified: Timestamp(microseconds: metadata.lastModified),
            storageClass: metadata.storageClass ?? Self.usualStorageClass, contentType: metadata.contentType)
    }
}

extension S3PutOptions {
    /// The port's options, the checksum aside, which is compared before.
    init(_ options: PutOptions) {
        self.init(contentType: options.contentType)
        cacheControl = options.cacheControl
        contentDisposition = options.contentDisposition
        contentEncoding = options.contentEncoding
        metadata = options.metadata
        storageClass = options.storageClass
        encryption = options.encryption.map { S3Encryption($0) }
        acl = options.acl
        onlyIfAbsent = options.ifAbsent
    }
}

extension S3Encryption {
    /// The port's.
    init(_ encryption: ObjectEncryption) {
        switch encryption {
        case .storeKey: self = .aes256
        case .managedKey(let key): self = .kms(key: key)
        }
    }
}
