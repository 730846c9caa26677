/// What the program was asked to do.
struct Options {
    var bucket = BucketOptions()
    var delay = Delay()
    var limits = Throttle.Limits()
    var faults: [PlannedFault] = []
    /// The port of 127.0.0.1; 0 for a free one.
    var port: UInt16 = 0
    /// Seconds after which to end, with the pages a second of a load of its own; nil to serve until SIGTERM.
    var measured: Int?
    /// How many connections that load has.
    var connections = 8
    var wantsHelp = false

    static let help = """
        A stub S3 server that lists a made-up bucket, for benchmarks and tests. It listens on 127.0.0.1 alone, checks no
        signature and exits on SIGTERM. Its first line is "listening on 127.0.0.1:PORT".

          --port N                  0, the default, takes a free one
          --objects N               in the bucket, whatever its name: 0 to 20000000 (default: 100000)
          --distribution SHAPE      of keys: \(Distribution.allCases.map(\.rawValue).joined(separator: ", "))
                                    (default: uuid)
          --seed N                  what all that is random follows from (default: 1)
          --changed FRACTION        of the objects that have another ETag than without this option
          --latency MS              before every answer
          --jitter MS               at most so much more
          --stragglers FRACTION,MS  of the answers take so much longer
          --slow-down FRACTION      of the requests are answered 503 SlowDown
          --slow-down-above N       those beyond N in flight are
          --slow-down-rate N        those beyond N a second are
          --fault KIND@N            the Nth page asked for is wrong; with KIND@N+ those behind it too, with KIND all. Can be
                                    repeated. KIND: \(Fault.allCases.prefix(5).map(\.rawValue).joined(separator: ", ")),
                                    \(Fault.allCases.dropFirst(5).map(\.rawValue).joined(separator: ", "))
          --measure SECONDS         list random pages for so long, print how many a second, and exit
          --connections N           of --measure, 1 to 512 (default: 8)

        GET /_stats gives counters as JSON, POST /_reset begins them anew.
        """
}
