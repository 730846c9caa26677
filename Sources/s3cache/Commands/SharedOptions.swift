internal import ArgumentParser
internal import Glibc
internal import S3

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

/// Whose credentials a command works with.
struct ProfileOption: ParsableArguments {
    @Option(help: "The profile of the AWS configuration files to use.")
    var profile: String?

    /// Sets the variables of the profile, in place of credentials that the environment has.
    func apply() {
        guard let profile else { return }
        setenv("AWS_PROFILE", profile, 1)
        // They would go before it.
        for name in S3Environment.credentialVariables { unsetenv(name) }
    }
}
