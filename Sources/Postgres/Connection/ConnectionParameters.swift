internal import CLibPQ

/// The keywords and values that libpq gets: what the connection string says, our defaults where it says nothing, and
/// what this module relies on.
struct ConnectionParameters {
    let keywords: [String]
    let values: [String]

    /// Throws `invalidParameterValue` for a connection string that libpq cannot read.
    init(_ settings: PostgresSettings) throws {
        var parameters = try Self.parse(settings.connectionString)
        let ambient = Self.ambient()

        func setDefault(_ key: String, _ value: String) {
            if parameters[key] == nil, ambient[key] == nil { parameters[key] = value }
        }
        parameters["fallback_application_name"] = settings.applicationName
        setDefault("connect_timeout", String(max(2, settings.connectTimeout.components.seconds)))
        if parameters["keepalives"] == nil {
            parameters["keepalives"] = "1"
            parameters["keepalives_idle"] =
                parameters["keepalives_idle"] ?? String(max(1, settings.keepaliveIdle.components.seconds))
            parameters["keepalives_interval"] =
                parameters["keepalives_interval"] ?? String(max(1, settings.keepaliveInterval.components.seconds))
            parameters["keepalives_count"] = parameters["keepalives_count"] ?? "3"
        }
        parameters["tcp_user_timeout"] =
            parameters["tcp_user_timeout"] ?? String(settings.tcpUserTimeout.components.seconds * 1000)
        parameters["client_encoding"] = "UTF8"

        let options = [parameters["options"] ?? ambient["options"] ?? "", Self.options(settings.sessionParameters)]
        parameters["options"] = options.filter { !$0.isEmpty }.joined(separator: " ")

        let sorted = parameters.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        guard !sorted.contains(where: { $0.value.utf8.contains(0) }) else {
            throw PostgresError(.invalidParameterValue, "a connection parameter contains a NUL")
        }
        keywords = sorted.map(\.key)
        values = sorted.map(\.value)
    }

    /// What a connection string or URL says explicitly.
    ///
    /// Errors never quote it: libpq's own message can show a part of a password that was not percent-encoded.
    static func parse(_ connectionString: String) throws -> [String: String] {
        guard !connectionString.isEmpty else { return [:] }
        guard !connectionString.utf8.contains(0), !hasStrayAt(connectionString) else { throw unreadable }
        var message: UnsafeMutablePointer<CChar>?
        let options = PQconninfoParse(connectionString, &message)
        defer {
            PQfreemem(message)
            PQconninfoFree(options)
        }
        guard let options else { throw unreadable }
        return values(of: options)
    }

    /// What libpq would take from the environment and its compiled defaults.
    private static func ambient() -> [String: String] {
        guard let options = PQconndefaults() else { return [:] }
        defer { PQconninfoFree(options) }
        return values(of: options)
    }

    private static func values(of options: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val, value.pointee != 0 {
                values[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
        return values
    }

    /// Whether a URL has an `@` other than the one that ends user and password. A password with an `@` or `/` that is
    /// not percent-encoded would otherwise end up, in part, as host or database, and in error messages.
    private static func hasStrayAt(_ connectionString: String) -> Bool {
        let scheme = ["postgresql://", "postgres://"].first { connectionString.utf8.starts(with: $0.utf8) }
        guard let scheme else { return false }
        let rest = connectionString.utf8.dropFirst(scheme.utf8.count).prefix { $0 != UInt8(ascii: "?") }
        guard let at = rest.firstIndex(of: UInt8(ascii: "@")) else { return false }
        return rest[rest.index(after: at)...].contains(UInt8(ascii: "@")) || rest[..<at].contains(UInt8(ascii: "/"))
    }

    private static var unreadable: PostgresError {
        PostgresError(
            .invalidParameterValue,
            "the connection string cannot be read: special characters in a URL must be percent-encoded (@ is %40)")
    }

    /// `-c name=value` for each parameter, with spaces and backslashes escaped as the server wants them.
    private static func options(_ parameters: [String: String]) -> String {
        parameters.sorted { $0.key < $1.key }.map { name, value in
            let special = "\\ \t\n\r\u{b}\u{c}".unicodeScalars
            let escaped = value.unicodeScalars.map { special.contains($0) ? "\\\($0)" : "\($0)" }.joined()
            return "-c \(name)=\(escaped)"
        }
        .joined(separator: " ")
    }
}
