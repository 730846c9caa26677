/// One file of the present code: `code/jobs/rebuild.sql`, and what its first lines say that it creates.
struct CodeFile {
    /// Below `code/`, with slashes.
    let path: String
    let text: String
    let objects: [ObjectIdentity]

    /// Reads the object lines at the top; throws `BundleError` if there is none or one is malformed.
    init(path: String, text: String) throws(BundleError) {
        self.path = path
        self.text = text
        var objects: [ObjectIdentity] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard let object = try ObjectIdentity(line: line) else { break }
            objects.append(object)
        }
        guard !objects.isEmpty else {
            throw BundleError("the first line must say what the file creates, as `-- object: function s3cache.f(text)`")
        }
        self.objects = objects
    }
}
