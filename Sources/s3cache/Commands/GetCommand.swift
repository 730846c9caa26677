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

    func run() async throws {
        let store = try await CacheAccess.open(cache.cache)
        let key = store.configuration.key(of: ObjectKey(key))
        guard let object = try await store.bucket.open(key) else {
            throw CommandFailure(message: "There is no object \(key.quoted) in \(store.bucket.bucket).")
        }
        if let output {
            let file = try OutputFile(path: output)
            for try await chunk in object.chunks { try file.write(chunk) }
            try file.finish()
        } else {
            for try await chunk in object.chunks {
                // Whoever closed the pipe has seen enough.
                guard try Output.bytes(chunk) else { return }
            }
        }
    }
}
