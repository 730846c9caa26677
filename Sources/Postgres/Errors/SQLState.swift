/// A five-character SQLSTATE, as in appendix A of the PostgreSQL manual.
///
/// Errors that arise on the client's side (a lost connection, a value of another type) use the codes that PostgreSQL
/// itself has for them, so that one vocabulary covers both sides.
public struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The five characters.
    public let rawValue: String

    /// Wraps five characters; unknown codes are kept as they are.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The first two characters: what kind of condition this is.
    public var category: String { String(rawValue.prefix(2)) }

    /// The five characters.
    public var description: String { rawValue }

    /// The server could not be reached, or refused the connection.
    public static let connectionNotEstablished = SQLState(rawValue: "08001")
    /// The connection was closed by its owner, or never opened.
    public static let connectionDoesNotExist = SQLState(rawValue: "08003")
    /// The connection broke.
    public static let connectionFailure = SQLState(rawValue: "08006")
    /// One side did not understand the other.
    public static let protocolViolation = SQLState(rawValue: "08P01")
    /// The server does not support what was asked for.
    public static let featureNotSupported = SQLState(rawValue: "0A000")
    /// A value is too long for its type.
    public static let stringDataRightTruncation = SQLState(rawValue: "22001")
    /// A null was found where a value is needed.
    public static let nullValueNotAllowed = SQLState(rawValue: "22004")
    /// A timestamp is out of range.
    public static let datetimeFieldOverflow = SQLState(rawValue: "22008")
    /// Text that is not valid in the encoding, for instance because it holds a NUL.
    public static let characterNotInRepertoire = SQLState(rawValue: "22021")
    /// An argument that makes no sense.
    public static let invalidParameterValue = SQLState(rawValue: "22023")
    /// Text that is not a value of the type.
    public static let invalidTextRepresentation = SQLState(rawValue: "22P02")
    /// Bytes that are not PostgreSQL's binary COPY format.
    public static let badCopyFileFormat = SQLState(rawValue: "22P04")
    /// A not-null constraint was violated.
    public static let notNullViolation = SQLState(rawValue: "23502")
    /// A foreign key was violated.
    public static let foreignKeyViolation = SQLState(rawValue: "23503")
    /// A unique constraint was violated.
    public static let uniqueViolation = SQLState(rawValue: "23505")
    /// A check constraint was violated.
    public static let checkViolation = SQLState(rawValue: "23514")
    /// An exclusion constraint was violated.
    public static let exclusionViolation = SQLState(rawValue: "23P01")
    /// A transaction is open already.
    public static let activeSQLTransaction = SQLState(rawValue: "25001")
    /// The server or the transaction is read-only.
    public static let readOnlySQLTransaction = SQLState(rawValue: "25006")
    /// An earlier statement of the transaction failed.
    public static let inFailedSQLTransaction = SQLState(rawValue: "25P02")
    /// The prepared statement does not exist.
    public static let invalidSQLStatementName = SQLState(rawValue: "26000")
    /// Concurrent transactions could not be put in an order.
    public static let serializationFailure = SQLState(rawValue: "40001")
    /// Two transactions waited for each other.
    public static let deadlockDetected = SQLState(rawValue: "40P01")
    /// The role may not do this.
    public static let insufficientPrivilege = SQLState(rawValue: "42501")
    /// The SQL cannot be parsed.
    public static let syntaxError = SQLState(rawValue: "42601")
    /// The column does not exist.
    public static let undefinedColumn = SQLState(rawValue: "42703")
    /// A value of another type was expected.
    public static let datatypeMismatch = SQLState(rawValue: "42804")
    /// The function does not exist.
    public static let undefinedFunction = SQLState(rawValue: "42883")
    /// The table does not exist.
    public static let undefinedTable = SQLState(rawValue: "42P01")
    /// The table exists already.
    public static let duplicateTable = SQLState(rawValue: "42P07")
    /// The schema does not exist.
    public static let undefinedSchema = SQLState(rawValue: "3F000")
    /// The system ran out of something (threads, descriptors).
    public static let insufficientResources = SQLState(rawValue: "53000")
    /// The server has no connection slot left.
    public static let tooManyConnections = SQLState(rawValue: "53300")
    /// The object is in use: a command is in progress, for instance.
    public static let objectInUse = SQLState(rawValue: "55006")
    /// A lock could not be taken at once, or within `lock_timeout`.
    public static let lockNotAvailable = SQLState(rawValue: "55P03")
    /// The statement was cancelled, or ran into `statement_timeout`.
    public static let queryCanceled = SQLState(rawValue: "57014")
    /// The backend was terminated by an administrator.
    public static let adminShutdown = SQLState(rawValue: "57P01")
    /// The server is shutting down after a crash.
    public static let crashShutdown = SQLState(rawValue: "57P02")
    /// The server is starting up or shutting down.
    public static let cannotConnectNow = SQLState(rawValue: "57P03")
    /// `RAISE EXCEPTION` without a code of its own.
    public static let raiseException = SQLState(rawValue: "P0001")
    /// An error without a code.
    public static let internalError = SQLState(rawValue: "XX000")
}
