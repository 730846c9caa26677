/// How long answers take.
struct Delay {
    /// Milliseconds before the first byte of every answer.
    var latency = 0.0
    /// At most so many milliseconds more, each as likely.
    var jitter = 0.0
    /// The part of the answers that are stragglers.
    var stragglers = 0.0
    /// Milliseconds that stragglers take longer.
    var straggling = 0.0

    /// Nanoseconds that the answer takes to which these random numbers belong.
    func nanoseconds(_ random: inout SplitMix64) -> Int64 {
        let isStraggler = random.unit() < stragglers
        return Int64((latency + jitter * random.unit() + (isStraggler ? straggling : 0)) * 1e6)
    }
}
