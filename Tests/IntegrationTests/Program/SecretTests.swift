import Foundation
import TestSupport
import Testing

/// A password in `DATABASE_URL` never comes out of the program again.
@Suite(.timeLimit(.minutes(15))) struct SecretTests {
    private static let secret = "Zx9-hunter-Qq7"

    /// Ways to give a password, right and wrong ones; `DB` is a database that exists, `HOST` its server's directory.
    static let urls = [
        "postgres://postgres:SECRET@/DB?host=HOST",
        "postgres://postgres:SECRET@/missing_database?host=HOST",
        "postgres://nobody_here:SECRET@/DB?host=HOST",
        "postgres://postgres:SECRET@127.0.0.1:1/DB",
        "postgres://postgres:SECRET%zz@/DB?host=HOST",
        "postgres://postgres:SECRET/extra@127.0.0.1/DB",
        "postgres://postgres:x:SECRET@127.0.0.1:port/DB",
        "postgres://postgres:SECRET#@/DB?host=HOST",
        "postgres://postgres:SECRET@[::1/DB",
        "postgres://postgres@/DB?host=HOST&password=SECRET&nonsense=1",
        "postgres://postgres@/DB?host=HOST&pasword=SECRET",
        "host=HOST dbname=DB user=postgres password=SECRET",
        "host=HOST dbname=DB user=postgres password='SECRET",
        "host=HOST dbname=DB user=postgres password=x SECRET",
        "host=HOST dbname=DB user=postgres password = 'x'SECRET'",
        "host=/nowhere dbname=DB user=postgres password=SECRET",
    ]

    @Test(arguments: urls)
    func passwordIsNeverPrinted(url: String) async throws {
        try await Site.use { site in
            let host = ProcessInfo.processInfo.environment["PGHOST"] ?? ""
            let filled = url.replacing("SECRET", with: Self.secret).replacing("DB", with: site.database.name)
                .replacing("HOST", with: host)
            let environment = ["DATABASE_URL": filled]
            for command in [["worker", "--once", "--log-level", "trace"], ["stats"], ["jobs", "--json"], ["migrate"]] {
                let (_, process) = try await S3CacheProgram.run(
                    command, environment: site.environment.merging(environment) { _, own in own },
                    deadline: .seconds(30))
                let printed = process.standardOutput + process.standardError
                #expect(!printed.contains(Self.secret), "\(command): \(printed)")
                #expect(!printed.contains("hunter"), "\(command): \(printed)")
            }
        }
    }
}
