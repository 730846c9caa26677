internal import ArgumentParser

/// How a command uploads files.
struct UploadOptions: ParsableArguments {
    @Option(
        name: .customLong("if-exists"),
        help: "Where there is an object: replace, skip or error; else as the cache has it.",
        completion: .list(Self.rules))
    var ifExists: String?
    @Option(help: "PublicAsset, PublicData, PrivateData or Html.", completion: .list(Self.categories))
    var category: String?
    @Option(name: .customLong("cache-control"), help: "The objects' Cache-Control.")
    var cacheControl: String?
    @Option(help: "How many files go at once, 1 to 64.")
    var concurrency = 8

    private static let rules = ["replace", "skip", "error"]
    private static let categories = ["PublicAsset", "PublicData", "PrivateData", "Html"]

    func validate() throws {
        guard (1...64).contains(concurrency) else { throw ValidationError("--concurrency takes 1 to 64.") }
        if let ifExists, !Self.rules.contains(ifExists) {
            throw ValidationError("--if-exists takes replace, skip or error.")
        }
        if let category, !Self.categories.contains(category) {
            throw ValidationError("--category takes PublicAsset, PublicData, PrivateData or Html.")
        }
    }
}
