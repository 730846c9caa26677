internal import Adapters
internal import ArgumentParser
internal import Core
internal import Postgres

/// `s3cache`: the worker and the command line.
struct Program: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "s3cache",
        abstract: "Your S3 bucket as a PostgreSQL table that stays true.",
        discussion: """
            The database is named by DATABASE_URL or by libpq's PG* variables. Without S3 credentials, profile or endpoint \
            the objects are the files of a local directory: S3CACHE_DIRECTORY, by default ./s3cache-data. Examples:
              s3cache worker
              s3cache rebuild
              s3cache doctor
            """,
        version: SchemaMigrator.version,
        subcommands: [
            WorkerCommand.self, MigrateCommand.self, RebuildCommand.self, AddCommand.self, VerifyCommand.self,
            UploadCommand.self, UploadImagesCommand.self, ArchiveCommand.self, StatsCommand.self, JobsCommand.self,
            URLsCommand.self,
            GetCommand.self, SetupBucketCommand.self, DoctorCommand.self,
        ])

    /// Runs the program with its arguments; gives the exit code.
    static func run(_ arguments: [String]) async -> Int32 {
        // However it ends, no half of a line stays behind.
        defer { Output.redraw("") }
        do {
            var command = try parseAsRoot(PackedArguments.pack(arguments))
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return 0
        } catch let failure as CommandFailure {
            Output.error(failure.message)
            return failure.exitCode
        } catch let error as PostgresError {
            Output.error(error.explanation)
            return 1
        } catch let error as StoreError {
            Output.error(error.message)
            return 1
        } catch {
            let code = exitCode(for: error)
            let message = fullMessage(for: error).replacing("\0", with: " ")
            if code.isSuccess {
                if !message.isEmpty { Output.line(message) }
                return 0
            }
            if !message.isEmpty { Output.error(message) }
            return code == .validationFailure ? 2 : code.rawValue
        }
    }
}

/// A command could not do its work; printed as one line.
struct CommandFailure: Error {
    var message: String
    var exitCode: Int32 = 1
}

extension PostgresError {
    /// The error and its hint, without any row's data.
    var explanation: String {
        if isConnectionFailure {
            return "\(message)\nThe server is named by DATABASE_URL or by PGHOST, PGPORT, PGUSER and PGDATABASE."
        }
        if hint == nil, code == .insufficientPrivilege {
            return
                "\(message)\nConnect as a member of s3cache_worker, or of the s3cache_… role that comes with this right."
        }
        return hint.map { "\(message)\n\($0)" } ?? message
    }
}
