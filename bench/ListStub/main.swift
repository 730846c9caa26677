internal import Glibc

// A stub S3 server for benchmarks and tests: see Options.help.

func say(_ text: String, to descriptor: Int32) {
    let bytes = Array((text + "\n").utf8)
    _ = write(descriptor, bytes, bytes.count)
}

let options: Options
do throws(OptionError) {
    options = try Options(arguments: CommandLine.arguments.dropFirst())
} catch {
    say("ListStub: \(error)", to: STDERR_FILENO)
    exit(2)
}
if options.wantsHelp {
    say(Options.help, to: STDOUT_FILENO)
    exit(0)
}

// Blocked in all threads, so that this one can wait for them.
var signals = sigset_t()
sigemptyset(&signals)
sigaddset(&signals, SIGTERM)
sigaddset(&signals, SIGINT)

let bucket = Bucket(options.bucket)
pthread_sigmask(Int32(SIG_BLOCK), &signals, nil)
let service = Service(bucket, options)
do throws(SocketError) {
    let port = try Listener.start(service, on: options.port)
    say("listening on 127.0.0.1:\(port)", to: STDOUT_FILENO)
    if let seconds = options.measured {
        let rate = try LoadLoop().run(bucket, port: port, connections: options.connections, seconds: seconds)
        say("\(rate.pages) pages/s, \(rate.bytes / 1_000_000) MB/s", to: STDOUT_FILENO)
        exit(0)
    }
} catch {
    say("ListStub: \(error)", to: STDERR_FILENO)
    exit(1)
}
var signal: Int32 = 0
sigwait(&signals, &signal)
exit(0)
