/// An IPv4 or IPv6 address, as a value.
public struct InternetAddress: Hashable, Sendable {
    /// Four or sixteen bytes, in the order of the network.
    public let bytes: [UInt8]

    /// The address with these bytes; nil unless there are four or sixteen.
    public init?(bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads the one usual form: `192.0.2.1`, or RFC 4291's for IPv6, without brackets and zone.
    ///
    /// Nil for anything else. That includes what `inet_aton` takes for IPv4 too: octal, hexadecimal and missing parts.
    public init?(_ text: some StringProtocol) {
        let utf8 = Array(text.utf8)
        guard let bytes = Self.dottedQuad(utf8[...]) ?? Self.colonGroups(utf8[...]) else { return nil }
        self.bytes = bytes
    }

    /// Whether it has four bytes.
    public var isIPv4: Bool { bytes.count == 4 }

    /// Four decimal numbers up to 255 without leading zeros.
    private static func dottedQuad(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy(\.isDigit),
                part.count == 1 || part.first != 0x30, let byte = UInt8(String(decoding: part, as: UTF8.self))
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    /// Eight groups of hexadecimal digits, the last two of which may be a dotted quad; `::` once for groups of zeros.
    private static func colonGroups(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let colon = UInt8(ascii: ":")
        let gap = text.indices.dropLast().first { text[$0] == colon && text[$0 + 1] == colon }
        guard let gap else {
            let bytes = groups(text, mayEndInQuad: true)
            return bytes?.count == 16 ? bytes : nil
        }
        let (before, after) = (text[..<gap], text[(gap + 2)...])
        guard let head = before.isEmpty ? [] : groups(before, mayEndInQuad: false),
            let tail = after.isEmpty ? [] : groups(after, mayEndInQuad: true), head.count + tail.count <= 14
        else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    private static func groups(_ text: ArraySlice<UInt8>, mayEndInQuad: Bool) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if mayEndInQuad, index == parts.count - 1, let quad = dottedQuad(part) {
                bytes += quad
            } else {
                // Digits only: Swift would read signs too.
                guard (1...4).contains(part.count), part.allSatisfy(\.isHexDigit),
                    let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
                else { return nil }
                bytes += [UInt8(group >> 8), UInt8(truncatingIfNeeded: group)]
            }
        }
        return bytes
    }
}

extension InternetAddress: CustomStringConvertible {
    /// `192.0.2.1`, or the form that RFC 5952 recommends for IPv6, in groups throughout: `2001:db8::1`.
    public var description: String {
        if isIPv4 { return bytes.map { "\($0)" }.joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        var longest = 0..<0
        var start = 0
        for index in 0...groups.count where index == groups.count || groups[index] != 0 {
            if index - start > max(1, longest.count) { longest = start..<index }
            start = index + 1
        }
        func text(_ part: ArraySlice<UInt16>) -> String {
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard !longest.isEmpty else { return text(groups[...]) }
        return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
    }
}
