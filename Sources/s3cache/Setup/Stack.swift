internal import ArgumentParser
internal import Foundation
internal import Glibc
internal import S3

/// A named environment: database and bucket of one deployment.
struct StackOption: ParsableArguments {
    @Option(
        help:
            "Take the variables of this section of the configuration file: S3CACHE_CONFIG, else ./s3cache.ini, else ~/.config/s3cache/config.ini."
    )
    var stack: String?

    /// Sets the variables of the section, in place of what the environment has. Throws `CommandFailure` where there is none.
    func apply() throws {
        guard let stack else { return }
        let path = Self.path
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw CommandFailure(
                message: "Cannot read \(path), where --stack \(stack) is looked up; name the file in S3CACHE_CONFIG.")
        }
        let sections: [(name: String, settings: [String: String])]
        do {
            sections = try SettingsFile.sections(bytes, path: path)
        } catch {
            throw CommandFailure(message: "\(error.message).")
        }
        let found = sections.filter { $0.name == stack }
        guard !found.isEmpty else {
            let names = sections.map(\.name).joined(separator: ", ")
            throw CommandFailure(message: "There is no section [\(stack)] in \(path); it has: \(names).")
        }
        var given: Set<String> = []
        for section in found {
            for (name, value) in section.settings {
                let name = name.uppercased()
                guard
                    name.utf8.allSatisfy({
                        $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) || (0x41...0x5a).contains($0)
                    })
                else { throw CommandFailure(message: "\(name) in [\(stack)] of \(path) is no name of a variable.") }
                setenv(name, value, 1)
                given.insert(name)
            }
        }
        guard given.contains("AWS_PROFILE") else { return }
        // Credentials of the environment would go before the section's profile.
        for name in S3Environment.credentialVariables where !given.contains(name) { unsetenv(name) }
    }

    private static var path: String {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["S3CACHE_CONFIG"], !path.isEmpty { return path }
        let here = "s3cache.ini"
        if access(here, F_OK) == 0 { return here }
        return "\(environment["HOME", default: ""])/.config/s3cache/config.ini"
    }
}
