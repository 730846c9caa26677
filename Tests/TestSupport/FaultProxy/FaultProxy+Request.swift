extension FaultProxy {
    /// The head of a request, as the client sent it.
    public struct Request: Sendable {
        /// 1 for the first that the proxy got, in the order of arrival over all connections.
        public let number: Int
        /// The request line's first word, such as `GET`.
        public let method: String
        /// The request line's second word: path and query as they were sent.
        public let target: String
        /// In the order in which they were sent.
        public let headers: [(name: String, value: String)]

        /// The first value of a header, whose name may be in any case.
        public subscript(name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }

        /// The target up to the question mark.
        public var path: String { String(target.prefix { $0 != "?" }) }

        /// The target after the question mark; empty where there is none.
        public var query: String { String(target.dropFirst(path.count + 1)) }
    }
}
