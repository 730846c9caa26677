internal import CLibPQ

/// Receives libpq's notices and passes them on.
///
/// It also keeps the last FATAL message: a server that terminates an idle session says why in what libpq treats as a
/// notice, and the broken connection that follows should be reported with that reason. Only the connection's thread
/// calls it.
final class NoticeRelay {
    private let handler: (@Sendable (PostgresNotice) -> Void)?
    private(set) var lastFatal: PostgresError?

    init(handler: (@Sendable (PostgresNotice) -> Void)?) {
        self.handler = handler
    }

    /// Makes `connection` report here. The relay must outlive the connection.
    func install(on connection: OpaquePointer) {
        let receiver: PQnoticeReceiver = { context, result in
            guard let context, let result else { return }
            Unmanaged<NoticeRelay>.fromOpaque(context).takeUnretainedValue().receive(result)
        }
        _ = PQsetNoticeReceiver(connection, receiver, Unmanaged.passUnretained(self).toOpaque())
    }

    private func receive(_ result: OpaquePointer) {
        let error = PostgresError(result: result)
        if error.severity == "FATAL" || error.severity == "PANIC" {
            lastFatal = error
        } else {
            handler?(
                PostgresNotice(
                    severity: error.severity, code: error.code, message: error.message, hint: error.hint))
        }
    }
}

extension PostgresError {
    /// The error (or notice) that a result carries. Errors that libpq itself makes have no code: those count as
    /// `internalError` until the session knows better.
    init(result: OpaquePointer) {
        func field(_ which: pg_diag_field) -> String? {
            pg_diag(result, which).map { String(cString: $0) }
        }
        let text = String(cString: PQresultErrorMessage(result))
        self.init(
            field(pg_diag_sqlstate).map(SQLState.init(rawValue:)) ?? .internalError,
            field(pg_diag_message) ?? text.trimmingTrailingNewlines,
            severity: field(pg_diag_severity) ?? "ERROR")
        constraint = field(pg_diag_constraint)
        hint = field(pg_diag_hint)
        detail = field(pg_diag_detail)
        context = field(pg_diag_context)
        table = field(pg_diag_table).map { name in
            field(pg_diag_schema).map { "\($0).\(name)" } ?? name
        }
    }
}

extension String {
    /// libpq ends its messages with a newline.
    var trimmingTrailingNewlines: String {
        var text = self[...]
        while text.last?.isNewline == true { text.removeLast() }
        return String(text)
    }
}
