#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A plain thread that nobody joins: it ends when its body returns.
enum DetachedThread {
    /// Runs `body` on a thread of its own. Throws `insufficientResources` when the system has none left.
    static func start(_ body: @escaping @Sendable () -> Void) throws {
        let box = Unmanaged.passRetained(Body(run: body)).toOpaque()
        let status = create(box)
        guard status == 0 else {
            Unmanaged<Body>.fromOpaque(box).release()
            throw PostgresError(.insufficientResources, "no thread left for a connection (errno \(status))")
        }
    }

    /// Tells the calling thread from every other living one.
    static var currentIdentity: UInt {
        #if canImport(Darwin)
            UInt(bitPattern: pthread_self())
        #else
            UInt(pthread_self())
        #endif
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
        if let box { Unmanaged<Body>.fromOpaque(box).takeRetainedValue().run() }
        return nil
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
