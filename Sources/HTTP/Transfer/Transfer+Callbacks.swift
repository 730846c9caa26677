internal import CCurl

extension Transfer {
    /// Makes libcurl call this transfer, which must outlive the handle's use.
    func installCallbacks() throws(HTTPError) {
        let easy = handle.pointer
        let context = Unmanaged.passUnretained(self).toOpaque()
        let header: curl_write_callback = { bytes, size, count, context in
            let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
            return Transfer.from(context)?.receiveHeader(line) == true ? line.count : 0
        }
        let write: curl_write_callback = { bytes, size, count, context in
            let chunk = UnsafeRawBufferPointer(start: bytes, count: size * count)
            return Transfer.from(context)?.receiveBody(chunk) ?? 0
        }
        let read: curl_read_callback = { bytes, size, count, context in
            let buffer = UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
            return Transfer.from(context)?.readBody(into: buffer) ?? Int(CURL_READFUNC_ABORT)
        }
        let seek: curl_seek_callback = { context, offset, origin in
            let isDone = Transfer.from(context)?.rewindBody(to: Int64(offset), from: origin) == true
            return isDone ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
        }
        let socket: curl_opensocket_callback = { context, _, address in
            guard let address, let transfer = Transfer.from(context) else { return CURL_SOCKET_BAD }
            return transfer.openSocket(for: address)
        }
        let prerequest: curl_prereq_callback = { context, remote, _, port, _ in
            let address = remote.flatMap { IPAddress(String(cString: $0)) }.flatMap { address in
                UInt16(exactly: port).map { SocketAddress(address: address, port: $0) }
            }
            return Transfer.from(context)?.mayBeSent(to: address) == true ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
        try handle.check(easy_set_pointer(easy, CURLOPT_PRIVATE, context), CURLOPT_PRIVATE)
        try handle.check(easy_set_header_callback(easy, header, context), CURLOPT_HEADERFUNCTION)
        try handle.check(easy_set_write_callback(easy, write, context), CURLOPT_WRITEFUNCTION)
        try handle.check(easy_set_read_callback(easy, read, context), CURLOPT_READFUNCTION)
        try handle.check(easy_set_seek_callback(easy, seek, context), CURLOPT_SEEKFUNCTION)
        try handle.check(easy_set_socket_callback(easy, socket, context), CURLOPT_OPENSOCKETFUNCTION)
        try handle.check(easy_set_prerequest_callback(easy, prerequest, context), CURLOPT_PREREQFUNCTION)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The transfer that a handle of libcurl's works for.
    static func of(_ easy: UnsafeMutableRawPointer) -> Transfer? {
        from(easy_get_pointer(easy, CURLINFO_PRIVATE))
    }
}
