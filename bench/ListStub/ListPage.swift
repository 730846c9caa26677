/// Writes pages of a bucket.
struct ListPage {
    let bucket: Bucket
    /// The bucket's name as the request has it.
    let name: String
    let query: ListQuery
    let faults: [Fault]

    private typealias Pieces = [Answer.Piece]

    /// How many objects it has, and the answer.
    func write() -> (objects: Int, answer: Answer) {
        if faults.contains(.errorBodyIn200) {
            var answer = Answer(
                error: "InternalError", "We encountered an internal error. Please try again.", status: 200)
            answer.drips = faults.contains(.slowDrip)
            return (0, answer)
        }
        let indices = self.indices
        let more = indices.upperBound < end
        let isTruncated = more || faults.contains(.emptyTruncated) || faults.contains(.tokenLoop)
        var answer = Answer()
        answer.drips = faults.contains(.slowDrip)
        if faults.contains(.wrongContentType) { answer.contentType = "text/html" }
        let extra = extraContents(behind: indices)
        answer.pieces = [.bytes(head(indices, isTruncated: isTruncated, extra: extra.isEmpty ? 0 : 1))]
        answer.pieces += contents(indices)
        if !extra.isEmpty { answer.pieces.append(.bytes(extra)) }
        answer.pieces.append(.bytes(Array("</ListBucketResult>".utf8)))
        if faults.contains(.truncatedXML) { cut(&answer.pieces) }
        return (indices.count, answer)
    }

    // MARK: Which objects

    private var end: Int { query.prefix.isEmpty ? bucket.keys.count : bucket.keys.end(ofPrefix: query.prefix) }

    private var indices: Range<Int> {
        let end = self.end
        let first = query.prefix.isEmpty ? 0 : bucket.keys.lowerBound(query.prefix)
        let asked =
            if let index = query.continuesAt {
                index
            } else if query.startAfter.isEmpty || faults.contains(.firstKeyBeforeStartAfter) {
                first
            } else {
                bucket.keys.upperBound(query.startAfter)
            }
        let start = min(end, max(first, asked))
        return start..<(faults.contains(.emptyTruncated) ? start : min(end, start + query.maximum))
    }

    // MARK: Its parts

    private func head(_ indices: Range<Int>, isTruncated: Bool, extra: Int) -> [UInt8] {
        var head: [UInt8] = []
        head.reserveCapacity(1_024)
        head.append(Answer.declaration)
        if faults.contains(.entityBomb) { head.append(Self.bomb) }
        head.append(#"<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"#)
        append("Name", Array(name.utf8), to: &head)
        append("Prefix", query.prefix, to: &head)
        let next = faults.contains(.tokenLoop) ? indices.lowerBound : indices.upperBound
        if query.isSecond {
            if !query.startAfter.isEmpty { append("StartAfter", query.startAfter, to: &head) }
            if let token = query.token { append("ContinuationToken", Array(token.utf8), to: &head) }
            if isTruncated { append("NextContinuationToken", Array("at-\(next)".utf8), to: &head) }
            append("KeyCount", Array("\(indices.count + extra)".utf8), to: &head)
        } else {
            append("Marker", query.startAfter, to: &head)
            if isTruncated, next > 0 { append("NextMarker", Array(bucket.keys[next - 1]), to: &head) }
        }
        head.append("<MaxKeys>\(query.maximum)</MaxKeys>")
        if query.isEncoded { head.append("<EncodingType>url</EncodingType>") }
        head.append("<IsTruncated>\(isTruncated)</IsTruncated>")
        return head
    }

    private func append(_ element: String, _ text: [UInt8], to bytes: inout [UInt8]) {
        bytes.append("<\(element)>")
        if query.isEncoded { Escaping.appendURL(text, to: &bytes) } else { Escaping.appendXML(text, to: &bytes) }
        bytes.append("</\(element)>")
    }

    private func contents(_ indices: Range<Int>) -> Pieces {
        let texts = bucket.contents(isEncoded: query.isEncoded)
        func part(_ indices: Range<Int>) -> Answer.Piece { .part(texts, texts.range(of: indices)) }
        guard indices.count > 1 else { return [part(indices)] }
        let first = indices.lowerBound
        let last = indices.upperBound - 1
        if faults.contains(.unordered) {
            return [part(last..<last + 1), part(first + 1..<last), part(first..<first + 1)]
        }
        if faults.contains(.repeatedKey) {
            return [part(first..<first + 1), part(first..<first + 1), part(first + 2..<last + 1)]
        }
        return [part(indices)]
    }

    // MARK: Faults

    /// Entities that stand for 2^30 characters.
    private static let bomb: String = {
        let entities = (1...30).map { "<!ENTITY e\($0) \"&e\($0 - 1);&e\($0 - 1);\">" }
        return "<!DOCTYPE ListBucketResult [<!ENTITY e0 \"x\">\(entities.joined())]>"
    }()

    /// One more object behind all of the page; empty without such a fault.
    private func extraContents(behind indices: Range<Int>) -> [UInt8] {
        var tail: [UInt8] = []
        if faults.contains(.hugeKey) { tail += [UInt8](repeating: 0x7a, count: 10_000_000) }
        if faults.contains(.badPercent) { tail += Array("%zz%4%".utf8) }
        if faults.contains(.entityBomb) { tail += Array("&e30;".utf8) }
        guard !tail.isEmpty else { return [] }
        var extra = Array("<Contents><Key>".utf8)
        if let last = indices.last { Escaping.appendURL(bucket.keys[last], to: &extra) }
        extra += tail
        extra.append(
            "</Key><LastModified>2025-01-01T00:00:00.000Z</LastModified><ETag>&quot;0&quot;</ETag><Size>1</Size></Contents>"
        )
        return extra
    }

    private func cut(_ pieces: inout Pieces) {
        var left = pieces.reduce(0) { $0 + $1.count } / 2
        pieces = pieces.compactMap { piece in
            let kept = min(left, piece.count)
            left -= kept
            guard kept > 0 else { return nil }
            return switch piece {
            case .bytes(let bytes): .bytes(Array(bytes.prefix(kept)))
            case .part(let texts, let range): .part(texts, range.prefix(kept))
            }
        }
    }
}
