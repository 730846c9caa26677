internal import ArgumentParser

/// Which cache a command is about.
struct CacheOption: ParsableArguments {
    @Option(help: "The cache.")
    var cache = "s3_image_cache"
}

/// How a command prints.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one JSON document on stdout.")
    var json = false
}

/// Whether a command waits for its job.
struct WaitOptions: ParsableArguments {
    @Flag(name: .customLong("no-wait"), help: "Only enqueue the job and print its id.")
    var returnsAtOnce = false
}
