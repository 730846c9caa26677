import Foundation

/// Reads the files of the tree and remembers what was wrong with them.
struct TreeReader {
    let root: URL
    private(set) var problems: [String] = []

    init(root: URL) {
        self.root = root
    }

    func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    /// The file's text, ending in a newline; empty, with a problem noted, where it cannot be had.
    mutating func text(_ path: String) -> String {
        guard let bytes = bytes(path) else { return "" }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            problems.append("\(path): is not UTF-8")
            return ""
        }
        guard bytes.allSatisfy({ $0 >= 0x20 || $0 == 0x09 || $0 == 0x0a }) else {
            problems.append("\(path): has control characters (are its line ends CRLF?)")
            return ""
        }
        return text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"
    }

    /// The text of an SQL script that can stand between others: see `ScriptRules`.
    mutating func script(_ path: String) -> String {
        let text = text(path)
        problems += ScriptRules.problems(of: text).map { "\(path): \($0)" }
        return text
    }

    mutating func schemaFiles() -> [SchemaFile] {
        sqlFiles(below: "schema").map { name in
            let checksum = SHA256.hex(bytes("schema/\(name)") ?? [])
            return SchemaFile(fileName: name, text: script("schema/\(name)"), checksum: checksum)
        }
    }

    mutating func codeFiles() -> [CodeFile] {
        sqlFiles(below: "code").compactMap { path in
            do throws(BundleError) {
                return try CodeFile(path: path, text: script("code/\(path)"))
            } catch {
                problems += error.problems.map { "code/\(path): \($0)" }
                return nil
            }
        }
    }

    mutating func frozenSums() -> FrozenSums? {
        do {
            return try FrozenSums(text: text("frozen.sum"))
        } catch {
            problems += error.problems
            return nil
        }
    }

    private mutating func bytes(_ path: String) -> [UInt8]? {
        guard let data = FileManager.default.contents(atPath: root.appendingPathComponent(path).path) else {
            problems.append("\(path): cannot be read")
            return nil
        }
        return [UInt8](data)
    }

    /// The paths of the SQL files below a directory, in byte order; hidden files and other kinds of file are passed over.
    private func sqlFiles(below directory: String) -> [String] {
        let base = root.appendingPathComponent(directory).path
        let paths = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
        return
            paths
            .filter { $0.hasSuffix(".sql") && !$0.split(separator: "/").contains { $0.hasPrefix(".") } }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
