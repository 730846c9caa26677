import Core
import ImageFixtures
import Testing

@Suite struct HostileFileTests {
    @Test(arguments: HostileFiles.all) func filesThatLieAreRefusedWithTheirReason(_ file: HostileFile) {
        let inspection = ImageInspector.inspect(file.bytes)
        var policy = ContentPolicy()
        if file.needsSVG { policy.allowedTypes.insert(.svg) }
        #expect {
            try policy.check(inspection, key: ObjectKey(file.key), declaredType: file.declaredType)
        } throws: { error in
            let error = error as? ContentError
            return error?.code.rawValue == file.code && Self.isOneSentence(error?.message ?? "")
        }
    }

    @Test func namesAreUnique() {
        #expect(Set(HostileFiles.all.map(\.name)).count == HostileFiles.all.count)
        #expect(HostileFiles.all.count >= 150)
    }

    /// In pieces, as objects are read that cannot answer at once.
    @Test(arguments: HostileFiles.all) func piecesTellTheSame(_ file: HostileFile) {
        #expect(PiecewiseInspection.inspect(file.bytes) == ImageInspector.inspect(file.bytes))
    }

    static func isOneSentence(_ message: String) -> Bool {
        let end = message.dropLast().firstRange(of: ". ")
        return message.hasSuffix(".") && end == nil && message.utf8.count < 400 && !message.contains("\n")
    }
}
