/// What a job that verifies a binding is to do, and how far it is.
public struct BindingVerification: Hashable, Sendable {
    /// Whether the bucket is asked for the rows' objects.
    public var asksBucket: Bool
    /// Whether the rows' files are looked for.
    public var looksForFiles: Bool
    /// The directory with files named by their MD5.
    public var root: String?
    /// How far it is.
    public var progress: Progress

    /// A plan.
    public init(asksBucket: Bool, looksForFiles: Bool, root: String?, progress: Progress) {
        self.asksBucket = asksBucket
        self.looksForFiles = looksForFiles
        self.root = root
        self.progress = progress
    }

    /// How far such a job is: what another worker needs to go on with it, and to count nothing twice.
    public struct Progress: Hashable, Sendable, Codable {
        /// How many objects and files there were to look for when it began.
        public var total: Int
        /// What is done.
        public var result: BindingVerifyResult
        /// The last row whose object was asked for; nil for none.
        public var lastObject: String?
        /// The last row whose file was looked for; nil for none.
        public var lastFile: String?

        /// Nothing is done yet.
        public init(total: Int, result: BindingVerifyResult) {
            self.total = total
            self.result = result
        }

        /// Objects and files that were looked for.
        public var done: Int { result.checked + (result.localChecked ?? 0) }
    }
}
