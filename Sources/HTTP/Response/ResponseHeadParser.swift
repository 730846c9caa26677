/// Makes the head of a response of the lines that libcurl hands over, one by one (RFC 9112, 2 to 5).
///
/// Heads of interim responses (100 Continue, 103 Early Hints) are passed over; so are the trailers after the body.
struct ResponseHeadParser {
    private(set) var status = 0
    private(set) var headers = HTTPHeaders()
    private(set) var isComplete = false
    private var size = 0
    private let maximumSize: Int

    /// What a line means.
    enum Event: Equatable {
        /// More lines follow, or the line says nothing new.
        case none
        /// The head of the final response is complete.
        case complete
        /// The heads are larger than allowed.
        case tooLarge
    }

    init(maximumSize: Int) {
        self.maximumSize = maximumSize
    }

    /// Takes one line with its line end.
    mutating func consume(_ line: UnsafeRawBufferPointer) -> Event {
        guard !isComplete else { return .none }
        size += line.count
        guard size <= maximumSize else { return .tooLarge }
        let content = line[...].trimming { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }
        if content.isEmpty { return endOfHead() }
        if status == 0 || content.starts(with: "HTTP/".utf8) {
            startHead(content)
        } else if content.first == 0x20 || content.first == 0x09 {
            headers.fold(Self.text(content))
        } else {
            let name = content.prefix { $0 != UInt8(ascii: ":") }
            headers.append(Self.text(name), Self.text(content[name.endIndex...].dropFirst()))
        }
        return .none
    }

    /// How long the body will be, where the headers say so and there is one.
    func announcedLength(isHead: Bool) -> Int? {
        guard !isHead, status != 204, status != 304, !headers.contains("transfer-encoding") else { return nil }
        return headers["content-length"].flatMap { Int($0) }
    }

    private mutating func startHead(_ line: Slice<UnsafeRawBufferPointer>) {
        let words = line.split(separator: 0x20, maxSplits: 2)
        status = words.count > 1 ? Int(Self.text(words[1])) ?? 0 : 0
        headers = HTTPHeaders()
    }

    private mutating func endOfHead() -> Event {
        let isInterim = (100..<200).contains(status) && status != 101
        guard status != 0, !isInterim else {
            status = 0
            return .none
        }
        isComplete = true
        return .complete
    }

    private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        String(decoding: bytes.trimming { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self)
    }
}

extension Slice<UnsafeRawBufferPointer> {
    fileprivate func trimming(_ isSurplus: (UInt8) -> Bool) -> Self {
        let start = drop(while: isSurplus)
        return start.prefix((start.lastIndex { !isSurplus($0) }.map { $0 + 1 } ?? start.startIndex) - start.startIndex)
    }
}
