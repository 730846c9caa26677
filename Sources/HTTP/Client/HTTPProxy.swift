/// What requests go through.
public enum HTTPProxy: Sendable, Equatable {
    /// Nothing, whatever the environment says.
    case none
    /// The proxy at this URL, such as `http://proxy.example:3128`.
    case server(String)
    /// What `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` say, as libcurl reads them.
    case environment
}
