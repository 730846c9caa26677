#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A plain thread that nobody joins: it ends when its body returns. Signals are delivered to other threads.
enum DetachedThread {
    /// Runs `body` on a thread of its own. Throws `resourcesExhausted` when the system has none left.
    static func start(_ body: @escaping @Sendable () -> Void) throws(HTTPError) {
        let box = Unmanaged.passRetained(Body(run: body)).toOpaque()
        let status = create(box)
        guard status == 0 else {
            Unmanaged<Body>.fromOpaque(box).release()
            throw HTTPError(.resourcesExhausted, "no thread left for an HTTP client (errno \(status))")
        }
    }

    private static func create(_ box: UnsafeMutableRawPointer) -> Int32 {
        #if canImport(Darwin)
            var thread: pthread_t?
            return pthread_create(&thread, nil, { DetachedThread.main($0) }, box)
        #else
            var thread = pthread_t()
            return pthread_create(&thread, nil, { DetachedThread.main($0) }, box)
        #endif
    }

    private static func main(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        pthread_detach(pthread_self())
        // A TLS library that writes to a closed connection must not raise SIGPIPE in a program that did not ask for it.
        var everySignal = sigset_t()
        sigfillset(&everySignal)
        pthread_sigmask(SIG_BLOCK, &everySignal, nil)
        if let box { Unmanaged<Body>.fromOpaque(box).takeRetainedValue().run() }
        return nil
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
