/// One name of a snapshot: where it is in the memory that all its names share.
///
/// There a name is followed by a zero, as C wants it, and that of a directory then by its sort key; a file's sort key
/// is the name itself without the marker.
struct SnapshotEntry {
    private let offset: Int
    private let length: UInt16
    /// What the name stands for.
    let kind: EntryKind

    /// Appends a name to the shared memory.
    init(_ name: UnsafeRawBufferPointer, kind: EntryKind, appendingTo names: inout [UInt8]) {
        offset = names.count
        length = UInt16(clamping: name.count)
        self.kind = kind
        names.append(contentsOf: name)
        names.append(0)
        if kind.endsComponent {
            names.append(contentsOf: name.dropFirst(kind.markerLength))
            names.append(UInt8(ascii: "/"))
        }
    }

    /// The name, without the zero.
    var nameRange: Range<Int> { offset..<(offset + Int(length)) }

    /// What the name adds to a key, and is sorted by.
    func sortKey(in names: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let name = nameRange
        let component = name.dropFirst(kind.markerLength)
        guard kind.endsComponent else { return UnsafeRawBufferPointer(rebasing: names[component]) }
        let start = name.upperBound + 1
        return UnsafeRawBufferPointer(rebasing: names[start..<(start + component.count + 1)])
    }
}
