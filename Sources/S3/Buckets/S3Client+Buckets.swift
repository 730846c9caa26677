internal import HTTP
internal import SigV4

extension S3Client {
    /// What is known of a bucket; nil if it does not exist. Throws `accessDenied` for those of others.
    public func headBucket(_ bucket: String) async throws -> S3BucketInfo? {
        do {
            return try await send(S3Call("HeadBucket", .head, bucket: bucket)) { response in
                S3BucketInfo(
                    region: response.headers["x-amz-bucket-region"].flatMap { RegionName.isValid($0) ? $0 : nil })
            }
        } catch let error as S3Error where error.code == .noSuchBucket {
            presence.keep(bucket, exists: false, now: settings.clock.now)
            return nil
        }
    }

    /// The region that a bucket is in, as the server calls it; `us-east-1` where it says nothing else.
    public func getBucketLocation(_ bucket: String) async throws -> String {
        let location = try await configuration("GetBucketLocation", bucket, "location") { response in
            try S3Element(response.body, root: "LocationConstraint").text
        }
        switch location {
        case nil, "": return S3Environment.defaultRegion
        // The oldest buckets of Europe.
        case "EU": return "eu-west-1"
        case let region?: return region
        }
    }

    /// Makes a bucket in the client's region, or where the server puts buckets without a region; succeeds also where it is
    /// this account's already.
    ///
    /// Throws `alreadyExists` if it is somebody else's.
    public func createBucket(_ bucket: String, namesRegion: Bool = true) async throws {
        var call = S3Call("CreateBucket", .put, bucket: bucket)
        regions.forget(bucket)
        // The name of the first region is not taken there.
        if namesRegion, settings.region != S3Environment.defaultRegion {
            let region = XMLEscaping.escape(settings.region)
            try set(
                "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                    + "<LocationConstraint>\(region)</LocationConstraint></CreateBucketConfiguration>", in: &call)
        }
        do {
            try await send(call) { _ in }
        } catch let error as S3Error where error.serviceCode == "BucketAlreadyOwnedByYou" {
            presence.keep(bucket, exists: true, now: settings.clock.now)
        }
    }

    /// Removes a bucket. Throws `bucketNotEmpty`, and `noSuchBucket` if it does not exist.
    public func deleteBucket(_ bucket: String) async throws {
        try await send(S3Call("DeleteBucket", .delete, bucket: bucket)) { _ in }
        presence.forget(bucket)
        regions.forget(bucket)
    }

    /// Gives a call a body of XML.
    func set(_ body: String, in call: inout S3Call) throws(S3Error) {
        do {
            let bytes = Array(body.utf8)
            let digest = try SHA256.hash(bytes)
            call.setBody(bytes, digest)
            if endpoint.isAWS { call.headers.append(HeaderField("x-amz-checksum-sha256", digest.base64)) }
        } catch {
            throw S3Error(error, wording(call))
        }
    }

    /// Whether the error means that the object does not exist, in a bucket that does.
    ///
    /// The server's code says so; without one (HEAD has no body) the bucket is asked for, unless it was seen lately. Throws
    /// `noSuchBucket` if it is the bucket that does not exist.
    func isMissing(_ error: S3Error, _ call: S3Call) async throws -> Bool {
        guard error.code == .noSuchKey else { return false }
        if error.serviceCode != nil {
            presence.keep(call.bucket, exists: true, now: settings.clock.now)
            return true
        }
        guard try await !exists(call.bucket) else { return true }
        var missing = error
        missing.code = .noSuchBucket
        missing.message = wording(call).response(.noSuchBucket, status: error.status, serviceCode: nil, regionHint: nil)
        throw missing
    }

    private func exists(_ bucket: String) async throws -> Bool {
        if let known = presence.isKnown(bucket, now: settings.clock.now) { return known }
        do {
            return try await headBucket(bucket) != nil
        } catch let error as S3Error where error.code == .accessDenied {
            // Only what exists can be refused.
            presence.keep(bucket, exists: true, now: settings.clock.now)
            return true
        }
    }
}
