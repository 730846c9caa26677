internal import Adapters
internal import ArgumentParser
internal import Core
internal import Glibc

struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Stream an object out of the bucket.",
        discussion: """
            The object goes to stdout, or to a file that appears once it is whole. It is read by this command itself, with \
            the credentials of its own environment; the database is only asked where the cache's bucket is. What the bucket has \
            not taken yet is read from the copy in S3CACHE_DIRECTORY. Examples:
              s3cache get 14000.jpg -o 14000.jpg
              s3cache get config.json --cache product_images | jq .
            """)

    @Argument(help: "The file's name in the cache: the object's key without the cache's prefix.")
    var key: String
    @Option(name: .shortAndLong, help: "Write to this file instead of stdout.", completion: .file())
    var output: String?
    @OptionGroup var cache: CacheOption

    func validate() throws {
        if key.isEmpty { throw ValidationError("KEY takes the name of a file; it cannot be empty.") }
    }

    func run() async throws {
        let (key, cache) = (key, cache.cache)
        if let output, OutputFile.appearsWhole(output) {
            try await Interruptible.run { try await Self.save(key, in: cache, to: output) }
            return
        }
        // Nothing is left half done but a pipe, whose reader may not be reading: there is nothing to wait for.
        signal(SIGINT) { _ in Output.leaveInterrupted() }
        if let output {
            try await Self.save(key, in: cache, to: output)
        } else {
            for try await chunk in try await Self.open(key, in: cache).chunks {
                // Whoever closed the pipe has seen enough.
                guard try Output.bytes(chunk) else { return }
            }
        }
    }

    private static func save(_ key: String, in cache: String, to path: String) async throws {
        let object = try await open(key, in: cache)
        let file = try OutputFile(path: path)
        var bar = ProgressBar("get \(key)", unit: nil)
        var bytes: Int64 = 0
        for try await chunk in object.chunks {
            try file.write(chunk)
            bytes += Int64(chunk.count)
            bar.show(ProgressBar.Amount(files: 0, bytes: bytes, ofBytes: object.summary.size))
        }
        try Task.checkCancellation()
        try file.finish()
        bar.clear()
    }

    private static func open(_ key: String, in cache: String) async throws -> ObjectStream {
        let store = try await CacheAccess.open(cache, toRead: key)
        let key = store.configuration.key(of: ObjectKey(key))
        if let place = store.copyPlace {
            guard let copy = try await store.copies?.open(place) else {
                throw CommandFailure(
                    message:
                        "The bucket \(store.bucket.bucket) has not taken \(key.quoted) yet, and its copy is not in this "
                        + "machine's S3CACHE_DIRECTORY; s3cache.url() tells where it is.")
            }
            return copy
        }
        guard let object = try await store.bucket.open(key) else {
            throw CommandFailure(message: "There is no object \(key.quoted) in \(store.bucket.bucket).")
        }
        return object
    }
}
