import Core

/// Finds the files of bound rows, where `FileSearch` says, a bounded number at once.
struct FileFinder: Sendable {
    let files: any LocalFiles
    let limit: Int
    /// Told of a row whose place may not be looked at; the others are looked at all the same.
    var onRefusal: @Sendable (_ index: Int, StoreError) -> Void = { _, _ in }

    /// Runs `body` with the first file of each row that is there, and gives by row what it gave; rows without a file are left
    /// out.
    func find<Result: Sendable>(
        _ searches: [FileSearch],
        _ body: @escaping @Sendable (_ index: Int, _ path: String, _ file: any LocalFile) async throws -> Result
    ) async throws -> [Int: Result] {
        var found = try await concurrently(searches.indices, limit: limit) { index -> Result? in
            guard let own = try await first(of: searches[index].paths, index) else { return nil }
            return try await body(index, own.path, own.file)
        }
        // Each directory is read once for all rows that need it.
        let unresolved = searches.indices.filter { found[$0] == nil }
        let places = try await others(than: unresolved.map { searches[$0] })
        let late = try await concurrently(unresolved, limit: limit) { index -> Result? in
            let search = searches[index]
            guard let stem = search.stem else { return nil }
            let paths = search.directories.flatMap { directory in
                (places[directory]?[stem] ?? []).map { directory + "/" + $0 }
            }
            guard let other = try await first(of: paths, index) else { return nil }
            return try await body(index, other.path, other.file)
        }
        found.merge(late) { $1 }
        return found
    }

    /// The first of these files that is there, opened.
    private func first(of paths: [String], _ index: Int) async throws -> (path: String, file: any LocalFile)? {
        for path in paths {
            do {
                return (path, try await files.open(path))
            } catch let failure as JobFailure
                where failure.code == "file_not_found" || failure.code == "file_not_allowed"
            {
                continue
            } catch let error as StoreError where error.code == .accessDenied || error.code == .invalidKey {
                onRefusal(index, error)
            }
        }
        return nil
    }

    /// By directory and stem: the names of files that have the stem and any extension; directories that may not be read have none.
    func names(of stems: [String: Set<String>]) async throws -> [String: [String: [String]]] {
        var found: [String: [String: [String]]] = [:]
        for (directory, stems) in stems {
            do {
                for name in try await files.names(in: directory, of: stems) {
                    let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
                    found[directory, default: [:]][stem, default: []].append(name)
                }
            } catch let failure as JobFailure where failure.code == "file_not_allowed" {
                continue
            } catch let error as StoreError where error.code == .accessDenied || error.code == .invalidKey {
                continue
            }
        }
        return found
    }

    private func others(than searches: [FileSearch]) async throws -> [String: [String: [String]]] {
        var stems: [String: Set<String>] = [:]
        for search in searches {
            guard let stem = search.stem else { continue }
            for directory in search.directories { stems[directory, default: []].insert(stem) }
        }
        return try await names(of: stems)
    }
}
