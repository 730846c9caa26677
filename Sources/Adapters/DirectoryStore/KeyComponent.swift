/// One component of a key (what stands between two slashes; it may be empty) and the file names that stand for it.
///
/// The mapping is one to one: a component has one name as a directory, and at most two as a file, of which it
/// uses one at a time.
struct KeyComponent {
    /// The longest file name on Linux, in bytes.
    static let maximumNameLength = 255
    /// The most bytes of a key that fit behind a marker.
    static let maximumPieceLength = maximumNameLength - ReservedName.markerLength
    /// The lengths a piece can have that another one follows: the cut never splits a character of up to 4 bytes.
    static let chunkLengths = (maximumPieceLength - 3)...maximumPieceLength

    /// The component, free of slashes.
    let text: String

    /// Whether the component can be a file name as it is.
    var isSafe: Bool {
        let bytes = text.utf8
        guard (1...Self.maximumNameLength).contains(bytes.count) else { return false }
        guard !bytes.elementsEqual(".".utf8), !bytes.elementsEqual("..".utf8) else { return false }
        return !bytes.starts(with: ReservedName.prefix.utf8)
    }

    /// The component as a file of its own name, which is also what a user would call it; nil if it cannot be one.
    var plainFileName: String? { isSafe ? text : nil }

    /// The component as a file whose plain name is impossible or taken: directories, then the file.
    var escapedFileNames: [String] { names(marker: ReservedName.file) }

    /// The component as a directory: one name, or several nested ones.
    var directoryNames: [String] { isSafe ? [text] : names(marker: ReservedName.directory) }

    /// The component cut into pieces that fit behind a marker; one empty piece for the empty component.
    var pieces: [Substring] {
        var pieces: [Substring] = []
        var rest = text.utf8[...]
        while rest.count > Self.maximumPieceLength {
            var cut = rest.index(rest.startIndex, offsetBy: Self.maximumPieceLength)
            while Self.isContinuation(rest[cut]) { cut = rest.index(before: cut) }
            pieces.append(Substring(rest[..<cut]))
            rest = rest[cut...]
        }
        return pieces + [Substring(rest)]
    }

    private func names(marker: String) -> [String] {
        let pieces = pieces
        return pieces.dropLast().map { ReservedName.chunk + $0 } + pieces.suffix(1).map { marker + $0 }
    }

    /// Whether a byte of UTF-8 continues a character that began before it.
    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0b1100_0000 == 0b1000_0000 }
}
