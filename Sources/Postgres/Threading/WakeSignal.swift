internal import CLibPQ

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A descriptor that one thread polls and any thread can make readable (an eventfd; a pipe where there is none).
final class WakeSignal: Sendable {
    /// To be polled for reading.
    let descriptor: Int32
    private let writeEnd: Int32

    /// Throws `insufficientResources` when the process has no descriptor left.
    init() throws {
        var ends: [Int32] = [-1, -1]
        guard wake_open(&ends) == 0 else {
            throw PostgresError(.insufficientResources, "no file descriptor left to wake a connection's thread")
        }
        descriptor = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        _ = close(descriptor)
        if writeEnd != descriptor { _ = close(writeEnd) }
    }

    /// Makes the descriptor readable. A full pipe or counter is readable already.
    func raise() {
        var one: UInt64 = 1
        _ = write(writeEnd, &one, MemoryLayout<UInt64>.size)
    }

    /// Makes the descriptor unreadable until the next `raise()`.
    func drain() {
        var counter: UInt64 = 0
        while read(descriptor, &counter, MemoryLayout<UInt64>.size) > 0 {}
    }

    /// Waits until the signal is raised or `other` has one of `events`, at most `milliseconds` (-1: without limit).
    ///
    /// Returns the events of `other` (0: none), and drains the signal. `other` below 0 is not watched.
    func wait(with other: Int32, for events: Int16, milliseconds: Int32) -> Int16 {
        var descriptors = (
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: other, events: events, revents: 0)
        )
        let ready = withUnsafeMutablePointer(to: &descriptors) { pair in
            pair.withMemoryRebound(to: pollfd.self, capacity: 2) { poll($0, 2, milliseconds) }
        }
        guard ready > 0 else { return 0 }
        if descriptors.0.revents != 0 { drain() }
        return descriptors.1.revents
    }
}

/// The poll events that this module waits for.
enum PollEvents {
    static let read = Int16(POLLIN)
    static let readWrite = Int16(POLLIN | POLLOUT)
}
