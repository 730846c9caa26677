/// What one step of setting up a bucket came to.
package struct SetupStep: Sendable {
    /// How it came out.
    package enum Status: String, Sendable {
        /// It was so already.
        case ok
        /// It was changed.
        case done
        /// It would be changed, were this not a check.
        case missing
        /// It is worth looking at, and keeps nothing from working.
        case warn
        /// It could not be done.
        case fail
        /// It was not looked at.
        case skip
    }

    /// `bucket`, `region`, `versioning`, `lifecycle: archive`, ….
    package var name: String
    package var status: Status
    /// One sentence; of a failure with its fix.
    package var detail: String

    init(_ name: String, _ status: Status, _ detail: String) {
        self.name = name
        self.status = status
        self.detail = detail
    }
}
