internal import ArgumentParser

struct UploadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload", abstract: "Upload files of this machine.",
        discussion: """
            Each file becomes the object of its own name behind --prefix, by a job that this command runs itself; so it needs the \
            bucket's credentials, and a database role in s3cache_writer and s3cache_worker. An interrupt ends it with 130, and the \
            same command with --if-exists skip goes on. Examples:
              s3cache upload a.png b.png --prefix 1/
              s3cache upload photos/*.jpg --cache product_images --if-exists skip --json
            """)

    @Argument(help: "Files.", completion: .file())
    var files: [String]
    @Option(help: "What the objects' names begin with.")
    var prefix = ""
    @Option(name: .customLong("content-type"), help: "The files' media type, which their bytes must agree with.")
    var contentType: String?
    @OptionGroup var cache: CacheOption
    @OptionGroup var upload: UploadOptions
    @OptionGroup var stack: StackOption
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try stack.apply()
        let named = try NamedFile.named(PackedArguments.unpack(files), prefix: prefix)
        let request = UploadRequest(
            cache: cache.cache, contentType: contentType, cacheControl: upload.cacheControl, category: upload.category,
            ifExists: upload.ifExists)
        try await UploadReport.run(
            UploadRun(files: named, request: request, concurrency: upload.concurrency), output)
    }
}
