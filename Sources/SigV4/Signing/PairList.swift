#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Names and values in their canonical form, to be sorted by their bytes and written: a query, or headers.
///
/// Emptied, it keeps its memory.
struct PairList: ~Copyable {
    private var text = ByteWriter(capacity: 1_024)
    private var entries: [Entry] = []

    private struct Entry {
        let name: Range<Int>
        var value: Range<Int>
    }

    /// Whether it holds more memory than is worth keeping.
    var isOversized: Bool { text.isOversized }

    mutating func removeAll() {
        text.removeAll()
        entries.removeAll(keepingCapacity: true)
    }

    /// Appends a pair whose parts `name` and `value` write in their canonical form.
    @inline(__always)
    mutating func append(name: (inout ByteWriter) -> Void, value: (inout ByteWriter) -> Void) {
        let start = text.count
        name(&text)
        let middle = text.count
        value(&text)
        entries.append(Entry(name: start..<middle, value: middle..<text.count))
    }

    /// Appends a query parameter, encoding it.
    mutating func append(_ item: QueryItem) {
        append(
            name: { $0.append(encoding: item.name, .component) },
            value: { $0.append(encoding: item.value, .component) })
    }

    /// Whether one of the names is `name`; ASCII case does not matter if `name` is lower-case.
    func contains(_ name: StaticString) -> Bool {
        name.withUTF8Buffer { wanted in
            entries.contains { entry in
                entry.name.count == wanted.count
                    && zip(text.bytes(entry.name), wanted).allSatisfy { $0.asciiLowercased == $1 }
            }
        }
    }

    /// Sorts as a canonical query wants it: by encoded name, then by encoded value.
    mutating func sortByNameAndValue() { sort(valuesToo: true) }

    /// Sorts as canonical headers want it: by name, leaving values of the same name in their order.
    mutating func sortByName() { sort(valuesToo: false) }

    // By insertion: stable, and fastest for what is short and nearly sorted.
    private mutating func sort(valuesToo: Bool) {
        guard entries.count > 1 else { return }
        for index in 1..<entries.count {
            let entry = entries[index]
            var place = index
            while place > 0, precedes(entry, entries[place - 1], valuesToo: valuesToo) {
                entries[place] = entries[place - 1]
                place -= 1
            }
            if place != index { entries[place] = entry }
        }
    }

    @inline(__always)
    private func precedes(_ left: Entry, _ right: Entry, valuesToo: Bool) -> Bool {
        let order = compare(left.name, right.name)
        return order < 0 || order == 0 && valuesToo && compare(left.value, right.value) < 0
    }

    @inline(__always)
    private func compare(_ left: Range<Int>, _ right: Range<Int>) -> Int32 {
        let left = text.bytes(left)
        let right = text.bytes(right)
        // Neither has a nil address: a writer always has memory.
        guard let first = left.baseAddress, let second = right.baseAddress else { return 0 }
        let order = memcmp(first, second, min(left.count, right.count))
        return order != 0 ? order : left.count < right.count ? -1 : left.count > right.count ? 1 : 0
    }

    /// Hides the values of the names that `isSecret` holds for.
    mutating func redact(_ isSecret: (String) -> Bool) {
        let start = text.count
        text.append("hidden")
        let hidden = start..<text.count
        for index in entries.indices where isSecret(String(decoding: text.bytes(entries[index].name), as: UTF8.self)) {
            entries[index].value = hidden
        }
    }

    /// Writes `name=value&name=value`.
    func writeQuery(to writer: inout ByteWriter) {
        for (index, entry) in entries.enumerated() {
            if index > 0 { writer.append(UInt8(ascii: "&")) }
            writer.append(text, entry.name)
            writer.append(UInt8(ascii: "="))
            writer.append(text, entry.value)
        }
    }

    /// Writes `name:value` and a line feed for each name, the values of a repeated one joined by commas.
    func writeHeaders(to writer: inout ByteWriter) {
        for (index, entry) in entries.enumerated() {
            if isRepeated(index) {
                writer.append(UInt8(ascii: ","))
            } else {
                if index > 0 { writer.append(UInt8(ascii: "\n")) }
                writer.append(text, entry.name)
                writer.append(UInt8(ascii: ":"))
            }
            writer.append(text, entry.value)
        }
        writer.append(UInt8(ascii: "\n"))
    }

    /// Writes the names, each once, with `separator` between them.
    func writeNames(to writer: inout ByteWriter, separator: StaticString) {
        for (index, entry) in entries.enumerated() where !isRepeated(index) {
            if index > 0 { writer.append(separator) }
            writer.append(text, entry.name)
        }
    }

    private func isRepeated(_ index: Int) -> Bool {
        index > 0 && compare(entries[index - 1].name, entries[index].name) == 0
    }
}
