/// A request's method. Methods are case-sensitive (RFC 9110, 9.1).
public struct HTTPMethod: RawRepresentable, Sendable, Hashable {
    /// The word as it is sent.
    public var rawValue: String

    /// A method of any name.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// GET.
    public static let get = HTTPMethod(rawValue: "GET")
    /// HEAD: the response has no body.
    public static let head = HTTPMethod(rawValue: "HEAD")
    /// PUT.
    public static let put = HTTPMethod(rawValue: "PUT")
    /// POST.
    public static let post = HTTPMethod(rawValue: "POST")
    /// PATCH.
    public static let patch = HTTPMethod(rawValue: "PATCH")
    /// DELETE.
    public static let delete = HTTPMethod(rawValue: "DELETE")
    /// OPTIONS.
    public static let options = HTTPMethod(rawValue: "OPTIONS")

    /// Whether doing it twice is the same as doing it once (RFC 9110, 9.2.2).
    public var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete, .options: true
        default: false
        }
    }

    /// Whether a request without a body says that it has none (RFC 9110, 8.6).
    var announcesEmptyBody: Bool {
        self == .put || self == .post || self == .patch
    }
}

extension HTTPMethod: CustomStringConvertible {
    /// The word as it is sent.
    public var description: String { rawValue }
}
