internal import Core

/// Where the object of a key is kept, relative to the root: the directories down to it and its two possible names.
///
/// The file is either `plain`, as a user would have copied it there, or `escaped`: where the plain name is impossible
/// (`..`, empty, too long, reserved) or is taken by a directory (`a` beside `a/b`). If both exist the plain one counts.
struct ObjectPath {
    /// The names of the directories that lead to the file, from the root.
    let directories: [String]
    /// The file's name if the last component can be one.
    let plain: String?
    /// The other place of the file: directories below `directories`, then its name.
    let escaped: [String]

    /// The path of a key that has passed `StoreError.check`.
    init(_ key: ObjectKey) {
        var components = key.string.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { KeyComponent(text: String(Substring($0))) }
        let last = components.popLast() ?? KeyComponent(text: "")
        directories = components.flatMap(\.directoryNames)
        plain = last.plainFileName
        escaped = last.escapedFileNames
    }
}
