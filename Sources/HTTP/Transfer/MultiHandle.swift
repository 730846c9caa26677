internal import CCurl

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Owns a `CURLM`, which belongs to one thread; only `wakeUp` may be called by others.
///
/// Unchecked: libcurl documents that `curl_multi_wakeup` may be called from any thread, and the inbox makes sure that
/// nobody does after `close`.
final class MultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    /// Throws `resourcesExhausted` when libcurl cannot be set up.
    init(_ settings: HTTPClientSettings) throws(HTTPError) {
        guard Curl.isReady, let pointer = curl_multi_init() else {
            throw HTTPError(.resourcesExhausted, "libcurl cannot be set up")
        }
        self.pointer = pointer
        let places = settings.maximumConcurrentRequests
        _ = multi_set_long(pointer, CURLMOPT_MAXCONNECTS, max(1, places))
    }

    /// Ends the thread's wait, or its next one. From any thread.
    func wakeUp() {
        _ = curl_multi_wakeup(pointer)
    }

    /// Sleeps until a transfer can go on, a timer of libcurl is due, somebody calls `wakeUp`, or so much time has passed.
    func wait(milliseconds: Int32 = 60_000) {
        guard curl_multi_poll(pointer, nil, 0, milliseconds, nil) != CURLM_OK else { return }
        // It did not wait, for want of memory: the loop must not run hot until there is some.
        _ = poll(nil, 0, 10)
    }

    /// Does what can be done without waiting.
    func perform() {
        var running: Int32 = 0
        _ = curl_multi_perform(pointer, &running)
    }

    /// The next transfer that has ended, with its result.
    func nextEnded() -> (easy: UnsafeMutableRawPointer, result: CURLcode)? {
        var left: Int32 = 0
        while let message = curl_multi_info_read(pointer, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            return (easy, message.pointee.data.result)
        }
        return nil
    }

    /// Closes all connections. No transfer may be left in it, and nothing may be called afterwards.
    func close() {
        _ = curl_multi_cleanup(pointer)
    }
}
