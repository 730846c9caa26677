public import Core
internal import Glibc

extension ScratchFile: ScratchRoom {
    /// Opens the file once more. Throws `exhausted` where this process has no descriptor left.
    public func source() throws -> any ObjectSource {
        let descriptor: Int32
        do throws(SystemFailure) {
            descriptor = try SystemFailure.check("open", path) { open(path, O_RDONLY | O_CLOEXEC) }
        } catch {
            throw Self.exhausted(error)
        }
        return try FileSource(descriptor: descriptor, path: path)
    }
}
