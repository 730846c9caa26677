internal import Adapters
internal import ArgumentParser
internal import Core
internal import Glibc

struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Stream an object out of the bucket.",
        discussion: """
            The object goes to stdout, or to a file that appears once it is whole. It is read by this command itself, with \
            the credentials of its own environment; the database is only asked where the cache's bucket is.
            """)

    @Argument(help: "The file's name in the cache: the object's key without the cache's prefix.")
    var key: String
    @Option(name: .shortAndLong, help: "Write to this file instead of stdout.")
    var output: String?
    @OptionGroup var cache: CacheOption

    func validate() throws {
        if key.isEmpty { throw ValidationError("KEY takes the name of a file; it cannot be empty.") }
    }

    func run() async throws {
        let (key, cache) = (key, cache.cache)
        if let output {
            try await Interruptible.run {
                let object = try await Self.open(key, in: cache)
                let file = try OutputFile(path: output)
                for try await chunk in object.chunks { try file.write(chunk) }
                try Task.checkCancellation()
                try file.finish()
            }
        } else {
            // Nothing is left half done but the pipe, whose reader may not be reading: there is nothing to wait for.
            signal(SIGINT) { _ in _exit(130) }
            for try await chunk in try await Self.open(key, in: cache).chunks {
                // Whoever closed the pipe has seen enough.
                guard try Output.bytes(chunk) else { return }
            }
        }
    }

    private static func open(_ key: String, in cache: String) async throws -> ObjectStream {
        let store = try await CacheAccess.open(cache)
        let key = store.configuration.key(of: ObjectKey(key))
        guard let object = try await store.bucket.open(key) else {
            throw CommandFailure(message: "There is no object \(key.quoted) in \(store.bucket.bucket).")
        }
        return object
    }
}
