import TestSupport

/// What goes wrong until somebody mends it.
enum LastingFault: CaseIterable, Sendable {
    case denied, unknownKey, overloaded, silent, clockFarAway, elsewhere, elsewhereUnsaid, anotherService

    /// What happens to every request.
    var fault: FaultProxy.Fault {
        switch self {
        case .denied: .status(403, body: PassingFault.error("AccessDenied"))
        case .unknownKey: .status(403, body: PassingFault.error("InvalidAccessKeyId"))
        case .overloaded: .status(503, body: PassingFault.error("SlowDown"))
        case .silent: .close(.beforeRequest)
        case .clockFarAway:
            .status(
                403, headers: [("Date", TestDate.http(after: 7_200))], body: PassingFault.error("RequestTimeTooSkewed"))
        case .elsewhere: .status(301, headers: PassingFault.region, body: PassingFault.error("PermanentRedirect"))
        case .elsewhereUnsaid: .status(400, body: PassingFault.error("AuthorizationHeaderMalformed"))
        case .anotherService:
            .status(
                200, headers: [("Content-Type", "text/html")],
                body: Array("<html><body>Please log in</body></html>".utf8))
        }
    }

    /// Whether jobs try again by themselves.
    var isRetried: Bool { self == .overloaded || self == .silent }

    /// The code of the job's error. The response to HEAD, which is all that a verification sees, has no code of S3's.
    func code(of kind: String) -> String {
        switch self {
        case .denied: "access_denied"
        case .unknownKey: kind == "verify" ? "access_denied" : "credentials_invalid"
        case .overloaded, .silent: "unavailable"
        case .clockFarAway: kind == "verify" ? "access_denied" : "clock_skewed"
        case .elsewhere: "wrong_region"
        case .elsewhereUnsaid: kind == "verify" ? "request_refused" : "wrong_region"
        case .anotherService: kind == "rebuild" ? "malformed_listing" : "malformed_response"
        }
    }
}
