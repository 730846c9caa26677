package import Core

/// What a bucket is to be like.
package struct BucketWishes: Sendable {
    /// Whether to look only, and to change nothing.
    package var checksOnly = false
    /// Whether somebody chose the region, so that the bucket has to be there.
    package var demandsRegion = false
    /// What its lifecycle is to do.
    package var lifecycle: [LifecycleGoal] = []
    /// Whether replaced and deleted objects are to be kept.
    package var keepsVersions = false
    /// Origins whose pages may upload directly.
    package var origins: [String] = []
    /// Who is to read all objects for a CDN.
    package var reader: CDNIdentity?
    /// Whether nothing may open the bucket to everyone.
    package var blocksPublicAccess = false
    /// Where the probe is written.
    package var probePrefix = ""

    /// A bucket that exists and may be written.
    package init() {}
}
