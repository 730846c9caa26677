package import Core
internal import Glibc
internal import SigV4

/// Copies in a directory of this machine: `BUCKET/JOB-RANDOM/NAME`, where `NAME` is the end of the key.
///
/// Which worker has a copy is told by the file alone: its path is random enough that there is none like it anywhere else.
package struct DirectoryCopies: LocalCopies {
    private let root: String
    private let isMadeHere: Bool
    private let baseURL: String?
    private let store: DirectoryStore
    private let randomName: @Sendable () -> String

    /// Copies below a directory.
    ///
    /// - Parameters:
    ///   - root: the directory's path.
    ///   - isMadeHere: whether the first copy makes the directory where it does not exist.
    ///   - baseURL: the http or https URL under which the directory is served; nil where only by `file://`.
    ///   - randomName: gives another name each time that nobody can guess.
    /// - Throws: `StoreError` for a path that cannot be one.
    package init(
        root: String, isMadeHere: Bool, baseURL: String? = nil,
        randomName: @escaping @Sendable () -> String = Self.randomName
    ) throws(StoreError) {
        self.root = root
        self.isMadeHere = isMadeHere
        self.baseURL = baseURL.map { String($0.reversed().drop { $0 == "/" }.reversed()) }
        self.randomName = randomName
        store = try DirectoryStore(root: root, cachedNames: 0)
    }

    /// 32 hexadecimal digits.
    package static func randomName() -> String {
        (0..<16).map { _ in
            let digits = String(UInt8.random(in: 0 ... .max), radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }

    package func newPlace(for key: ObjectKey, in bucket: String, of jobID: Int64) -> String {
        "\(Self.plainName(bucket))/\(jobID)-\(randomName())/\(Self.plainName(key.string))"
    }

    package func keep(_ source: any ObjectSource, at place: String, sha256: [UInt8]?) async throws -> KeptCopy {
        // Where it cannot be made the write says why.
        if isMadeHere { mkdir(root, 0o755) }
        var options = PutOptions()
        options.sha256 = sha256
        let key = ObjectKey(place)
        let summary = try await store.put(key, from: source, options)
        if let baseURL {
            return KeptCopy(summary: summary, url: baseURL + "/" + PercentEncoding.encode(place, .path))
        }
        return KeptCopy(summary: summary, url: try await store.presignedURL(of: key, lifetime: 1).text)
    }

    package func open(_ place: String) async throws -> ObjectStream? {
        try await unlessGone { try await store.open(ObjectKey(place)) } ?? nil
    }

    package func source(of place: String) async throws -> (any ObjectSource)? {
        // A place has no name that the store keeps under another.
        let path = root + "/" + place
        let descriptor = Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        return try FileSource(descriptor: descriptor, path: path)
    }

    package func remove(_ place: String) async throws -> Bool {
        try await unlessGone {
            guard try await store.head(ObjectKey(place)) != nil else { return false }
            try await store.delete(ObjectKey(place))
            return true
        } ?? false
    }

    /// Nil where there is no such directory: then nothing is in it.
    private func unlessGone<Result>(_ body: () async throws -> Result) async throws -> Result? {
        do {
            return try await body()
        } catch let error as StoreError where error.code == .noSuchBucket {
            return nil
        }
    }

    /// The last name in a path, as one that every file may have and that keeps its extension where that is a plain one.
    private static func plainName(_ path: String) -> String {
        let name = path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? ""
        if !name.isEmpty, name.utf8.count <= 200, !name.hasPrefix(".") { return name }
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return "object" }
        let ending = name[dot...]
        let letters = ending.dropFirst()
        let isPlain =
            (1...10).contains(letters.utf8.count) && letters.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return isPlain ? "object" + ending : "object"
    }
}
