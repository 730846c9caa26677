internal import ArgumentParser
internal import Postgres

struct UploadImagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload-images", abstract: "Upload a product's images.",
        discussion: """
            The images become the objects {product-id}/{file}, as s3cache upload does it. Examples:
              s3cache upload-images --product-id 1 --images ./a.png ./b.png
              s3cache upload-images --product-id 1 --image-dir ./photos --stack stage
              s3cache upload-images --clear-cache
            """)

    @Option(name: .customLong("product-id"), help: "The product, the first part of the objects' names.")
    var productID: String?
    @Option(parsing: .upToNextOption, help: "Files.", completion: .file())
    var images: [String] = []
    @Option(
        name: .customLong("image-dir"), help: "A directory, all of whose images are uploaded.", completion: .directory)
    var imageDirectory: String?
    @Flag(name: .customLong("clear-cache"), help: "Give every product's images new presigned URLs afterwards.")
    var clearsCache = false
    @OptionGroup var cache: CacheOption
    @OptionGroup var upload: UploadOptions
    @OptionGroup var stack: StackOption
    @OptionGroup var output: OutputOptions

    func validate() throws {
        let hasImages = !images.isEmpty || imageDirectory != nil
        guard hasImages || clearsCache else {
            throw ValidationError("Give --images, --image-dir or --clear-cache.")
        }
        guard images.isEmpty || imageDirectory == nil else {
            throw ValidationError("Give --images or --image-dir, not both.")
        }
        guard hasImages == (productID != nil) else {
            throw ValidationError("--product-id goes with --images or --image-dir.")
        }
        if let productID, productID.isEmpty || productID.contains("/") || productID == "." || productID == ".." {
            throw ValidationError("--product-id takes a name without slashes.")
        }
    }

    func run() async throws {
        try stack.apply()
        var failure: ExitCode?
        if let productID {
            let prefix = "\(productID)/"
            let files =
                if let imageDirectory {
                    try NamedFile.images(in: imageDirectory, prefix: prefix)
                } else {
                    try NamedFile.named(PackedArguments.unpack(images), prefix: prefix)
                }
            guard !files.isEmpty else {
                throw CommandFailure(message: "There are no images in \(imageDirectory ?? "")")
            }
            let request = UploadRequest(
                cache: cache.cache, cacheControl: upload.cacheControl, category: upload.category,
                ifExists: upload.ifExists)
            do {
                try await UploadReport.run(
                    UploadRun(files: files, request: request, concurrency: upload.concurrency), output)
            } catch let code as ExitCode where code.rawValue == 1 {
                failure = code
            }
        }
        if clearsCache {
            let connection = try await Database.connect()
            try await connection.query("select s3cache.invalidate(null, $1)", [.string(cache.cache)])
            if !output.json {
                Output.line("All presigned URLs of \(cache.cache) are made anew when they are next read")
            } else if productID == nil {
                try Output.json(["cleared": cache.cache])
            }
        }
        if let failure { throw failure }
    }
}
