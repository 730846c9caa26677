import Foundation

/// A file that sqlbundle made.
struct GeneratedFile {
    let name: String
    let text: String

    /// Writes the file whole or not at all; leaves one that is already right alone, so that nothing is rebuilt for it.
    func write(to directory: URL) throws(BundleError) {
        let url = directory.appendingPathComponent(name)
        let data = Data(text.utf8)
        guard FileManager.default.contents(atPath: url.path) != data else { return }
        do {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            try data.write(to: url, options: .atomic)
        } catch {
            throw BundleError("\(url.path): cannot be written: \(error.localizedDescription)")
        }
    }
}
