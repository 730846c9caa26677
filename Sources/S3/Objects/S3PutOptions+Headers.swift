internal import SigV4

extension S3PutOptions {
    /// Checks the options and adds their headers to a call, but for `onlyIfAbsent`. Throws `Invalid`.
    func add(to call: inout S3Call) throws(Invalid) {
        try check()
        let signed = [
            ("content-type", contentType), ("x-amz-storage-class", storageClass), ("x-amz-acl", acl),
        ]
        for (name, value) in signed {
            if let value { call.headers.append(HeaderField(name, value)) }
        }
        call.headers += encryption?.headers ?? []
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            call.headers.append(HeaderField(S3ObjectMetadata.prefix + name.lowercased(), value))
        }
        let unsigned = [
            ("cache-control", cacheControl), ("content-disposition", contentDisposition),
            ("content-encoding", contentEncoding), ("content-language", contentLanguage), ("expires", expires),
        ]
        for (name, value) in unsigned {
            if let value { call.unsignedHeaders.append(HeaderField(name, value)) }
        }
    }

    /// What a copy of an object has to be given so that it has all that the object has, its ACL aside.
    public init(copying source: S3ObjectMetadata) {
        self.init(contentType: source.contentType)
        cacheControl = source.cacheControl
        contentDisposition = source.contentDisposition
        contentEncoding = source.contentEncoding
        contentLanguage = source.contentLanguage
        expires = source.expires
        metadata = source.metadata
        storageClass = source.storageClass
        encryption = source.encryption
    }
}
