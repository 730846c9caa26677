import Conformance
import Core
import Testing

@testable import Adapters

@Suite("Keys and paths")
struct KeyEncodingTests {
    @Test(
        "a component that can be a file name is its own",
        arguments: ["a", "%2F", " ", "a.b", "...", "\n", "~", "é", ".s3cache"])
    func plain(component: String) {
        let component = KeyComponent(text: component)
        #expect(component.plainFileName == component.text)
        #expect(component.directoryNames == [component.text])
        #expect(component.escapedFileNames == [".s3cache~f~" + component.text])
    }

    @Test(
        "a component that cannot be a file name gets a marker", arguments: ["", ".", "..", ".s3cache~", ".s3cache~f~a"])
    func escaped(component: String) {
        let component = KeyComponent(text: component)
        #expect(component.plainFileName == nil)
        #expect(component.directoryNames == [".s3cache~d~" + component.text])
        #expect(component.escapedFileNames == [".s3cache~f~" + component.text])
    }

    @Test("a long component is cut between characters", arguments: [245, 256, 300, 488, 489, 1024])
    func long(length: Int) {
        for shift in 0..<4 {
            let text = String(repeating: "x", count: shift) + String(repeating: "😀", count: (length - shift) / 4)
            let component = KeyComponent(text: text)
            #expect(component.pieces.joined() == text)
            for piece in component.pieces.dropLast() { #expect(KeyComponent.chunkLengths.contains(piece.utf8.count)) }
            #expect((component.plainFileName == nil) == (text.utf8.count > 255))
        }
    }

    @Test("5,000 random keys have 5,000 paths, from which they can be read back")
    func bijective() throws {
        var random = RandomKeys(seed: 7)
        var keyOfPath: [[UInt8]: ObjectKey] = [:]
        for _ in 0..<5000 {
            let key = random.next()
            let path = ObjectPath(key)
            var places = [path.directories + path.escaped]
            if let plain = path.plain { places.append(path.directories + [plain]) }
            for names in places {
                for name in names {
                    #expect((1...255).contains(name.utf8.count) && !name.utf8.contains(UInt8(ascii: "/")))
                    #expect(name != "." && name != "..")
                }
                #expect(ObjectKey(Self.decode(names)) == key)
                let joined = Array(names.joined(separator: "/").utf8)
                #expect(keyOfPath.updateValue(key, forKey: joined) ?? key == key)
            }
        }
    }

    /// The reverse of the encoding, written down independently.
    private static func decode(_ names: [String]) -> String {
        var components = [""]
        for (index, name) in names.enumerated() {
            let isMarked = [".s3cache~f~", ".s3cache~d~", ".s3cache~l~"].contains { name.utf8.starts(with: $0.utf8) }
            components[components.count - 1] += isMarked ? String(Substring(name.utf8.dropFirst(11))) : name
            if !name.utf8.starts(with: ".s3cache~l~".utf8), index < names.count - 1 { components.append("") }
        }
        return components.joined(separator: "/")
    }
}
