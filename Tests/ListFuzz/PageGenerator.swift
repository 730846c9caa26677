/// Makes well-formed pages of random keys, in one of the ways in which servers write them.
struct PageGenerator {
    var random: SeededGenerator

    mutating func page() -> String {
        let isEncoded = Bool.random(using: &random)
        let isTruncated = Bool.random(using: &random)
        let count = Int.random(in: isTruncated ? 1...8 : 0...8, using: &random)
        var head = "<Name>bucket</Name><IsTruncated>\(isTruncated)</IsTruncated>"
        if isEncoded { head += "<EncodingType>url</EncodingType>" }
        if isTruncated { head += "<NextContinuationToken>\(escaped(text()))x</NextContinuationToken>" }
        var objects = ""
        for _ in 0..<count { objects += object(isEncoded) }
        let body = Bool.random(using: &random) ? head + objects : objects + head
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(body)</ListBucketResult>"
    }

    private mutating func object(_ isEncoded: Bool) -> String {
        let key = "k" + text()
        let written = isEncoded ? encoded(key) : escaped(key)
        let second = String(Int.random(in: 10...59, using: &random))
        var fields = [
            "<Key>\(written)</Key>", "<LastModified>2026-01-02T03:04:\(second).\(second)Z</LastModified>",
            "<Size>\(Int64.random(in: 0...(.max), using: &random))</Size>", "<ETag>&quot;\(second)&quot;</ETag>",
        ]
        if Bool.random(using: &random) { fields.append("<StorageClass>STANDARD_IA</StorageClass>") }
        if Bool.random(using: &random) { fields.append("<Owner><ID>\(escaped(text()))</ID><DisplayName/></Owner>") }
        fields.shuffle(using: &random)
        return "<Contents>\(fields.joined())</Contents>"
    }

    private mutating func text() -> String {
        let alphabet = Array("ab/0 %+&<>\"'é日😀\u{301}~-._\u{85}\u{7F}\u{2028}".unicodeScalars)
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            text.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
        }
        return String(text)
    }

    private mutating func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            if byte == 0x20, Bool.random(using: &random) {
                encoded += "+"
            } else if (0x61...0x7a).contains(byte) || byte == 0x2f {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: Bool.random(using: &random))
                encoded += (byte < 16 ? "%0" : "%") + digits
            }
        }
        return encoded
    }

    private mutating func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case _ where Int.random(in: 0..<10, using: &random) == 0: escaped += "&#\(scalar.value);"
            case _ where Int.random(in: 0..<10, using: &random) == 0:
                escaped += "&#x" + String(scalar.value, radix: 16) + ";"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
