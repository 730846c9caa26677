/// What a name in a directory stands for, judged by the name alone.
///
/// The raw value decides between two names of one key: the plain one first.
enum EntryKind: UInt8 {
    /// A file whose name is a component.
    case file
    /// A file named by a marker and the last piece of a component.
    case escapedFile
    /// A directory whose name is a component.
    case directory
    /// A directory named by a marker and the last piece of a component.
    case escapedDirectory
    /// A directory named by a marker and a piece of a component that goes on inside.
    case chunk
    /// A reserved name that the store never gives: not a key.
    case stray

    /// The kind of a name; nil if what it names is no part of the bucket.
    init?(name: UnsafeRawBufferPointer, isDirectory: Bool) {
        guard name.starts(with: ReservedName.prefix.utf8) else {
            self = isDirectory ? .directory : .file
            return
        }
        if name.starts(with: ReservedName.temporary.utf8) { return nil }
        self = .stray
        if isDirectory {
            if name.starts(with: ReservedName.directory.utf8) { self = .escapedDirectory }
            if name.starts(with: ReservedName.chunk.utf8) { self = .chunk }
        } else if name.starts(with: ReservedName.file.utf8) {
            self = .escapedFile
        }
    }

    /// Bytes at the beginning of the name that are not part of the key.
    var markerLength: Int {
        switch self {
        case .file, .directory, .stray: 0
        case .escapedFile, .escapedDirectory, .chunk: ReservedName.markerLength
        }
    }

    /// Whether it is a directory with objects of the bucket inside.
    var isDirectory: Bool { self == .directory || self == .escapedDirectory || self == .chunk }

    /// Whether a slash follows the name in every key it is part of.
    var endsComponent: Bool { self == .directory || self == .escapedDirectory }
}
