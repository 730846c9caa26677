import Foundation
import TestSupport

extension CacheSession {
    /// Runs `body` with the name of a user who has one role and no other right; takes him away afterwards.
    func withRole<Result>(_ role: String, _ body: (_ user: String) async throws -> Result) async throws -> Result {
        let user = "test_user_" + String(UInt64.random(in: .min ... .max), radix: 36)
        try await connection.execute("create role \(user) login in role \(role)")
        do {
            let result = try await body(user)
            try await connection.execute("drop role \(user)")
            return result
        } catch {
            try? await connection.execute("drop role \(user)")
            throw error
        }
    }
}
