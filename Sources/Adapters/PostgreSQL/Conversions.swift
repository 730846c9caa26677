internal import Core
internal import Foundation
internal import Postgres

extension Encodable {
    /// The value as JSON text.
    var jsonText: String {
        get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }
}

extension Duration {
    /// The duration as PostgreSQL reads an interval.
    var postgresInterval: String {
        let (seconds, attoseconds) = components
        return "\(seconds * 1_000_000 + attoseconds / 1_000_000_000_000) microseconds"
    }
}

extension SQLState {
    /// Raised by our functions for an unknown job or worker.
    static let noDataFound = SQLState(rawValue: "P0002")
    /// Raised by our functions for an argument that they do not take.
    static let invalidParameterValue = SQLState(rawValue: "22023")
    /// Raised by our functions for what cannot be done as things are.
    static let notInPrerequisiteState = SQLState(rawValue: "55000")
    /// Raised by our functions when the fencing token is void.
    static let claimLost = SQLState(rawValue: "S3C01")
    /// Raised by our functions when a crash of the server took a rebuild's checkpoint.
    static let checkpointLost = SQLState(rawValue: "S3C02")
}

extension PostgresError {
    /// Another session was in the way, and waiting longer might have made it wait for us.
    var isLockConflict: Bool { code == .lockNotAvailable || code == .deadlockDetected }
}

/// Turns the database's "the claim is void", and "the checkpoint is lost", into the domain's.
func noticingLostClaim<Result>(of job: Job, _ body: () async throws -> Result) async throws -> Result {
    do {
        return try await body()
    } catch let error as PostgresError where error.code == .claimLost {
        throw ClaimLost(jobID: job.id)
    } catch let error as PostgresError where error.code == .checkpointLost {
        throw JobFailure(code: "checkpoint_lost", message: error.message, isRetryable: true)
    }
}

/// Turns what a bound table, its owner or its triggers refuse into a failure that another attempt would only repeat.
@discardableResult
func noticingUnusableBinding<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
        return try await body()
    } catch let error as PostgresError
        where !error.isRetryable && error.code != .claimLost && error.code != .queryCanceled
    {
        throw JobFailure(code: "binding_unusable", message: error.message, isRetryable: false)
    }
}
