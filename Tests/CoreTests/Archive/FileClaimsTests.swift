import Core
import Testing

/// Several rows may lead to one file: it goes with the last of them, if none of them needs it.
@Suite struct FileClaimsTests {
    private let one = FileIdentity(device: 1, inode: 1)
    private let other = FileIdentity(device: 1, inode: 2)

    private func claims(_ files: [FileIdentity], needed: [FileIdentity] = []) -> FileClaims {
        var claims = FileClaims()
        for file in files { claims.note(file, isNeeded: false) }
        for file in needed { claims.note(file, isNeeded: true) }
        claims.endNotes()
        return claims
    }

    @Test func aFileOfOneRowGoesWithIt() {
        var claims = claims([other, one])
        #expect(claims.prove(one) == .remove)
        #expect(claims.prove(other) == .remove)
        #expect(claims.waiting == 0)
    }

    @Test func aFileOfThreeRowsGoesWithTheLast() {
        var claims = claims([one, other, one, one])
        #expect([claims.prove(one), claims.prove(one), claims.prove(one)] == [.wait, .wait, .remove])
        #expect(claims.waiting == 2, "until it is gone")
        claims.remove(one)
        #expect(claims.waiting == 0)
    }

    @Test func aRefutedRowKeepsTheFileWheneverItComes() {
        var early = claims([one, one])
        early.refute(one)
        #expect(early.prove(one) == .keep && early.waiting == 0)
        var late = claims([one, one])
        #expect(late.prove(one) == .wait)
        late.refute(one)
        #expect(late.waiting == 1)
    }

    @Test func aRowThatIsNeverDecidedKeepsTheFile() {
        var claims = claims([one, one])
        #expect(claims.prove(one) == .wait)
        #expect(claims.waiting == 1)
    }

    @Test func whatARowWithoutObjectLeadsToIsKept() {
        var claims = claims([one, other], needed: [one])
        #expect(claims.isKept(one) && !claims.isKept(other))
        #expect(claims.prove(one) == .keep)
    }

    @Test func aFileThatCameLaterIsKept() {
        var claims = claims([one])
        #expect(claims.isKept(other))
        #expect(claims.prove(other) == .keep)
    }
}
