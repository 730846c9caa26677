/// A file that no cache with default settings may take.
public struct HostileFile: Sendable, CustomStringConvertible {
    /// What is wrong with it.
    public let name: String
    /// The key that it is to have.
    public let key: String
    /// The media type that is declared; nil for none.
    public let declaredType: String?
    /// The file.
    public let bytes: [UInt8]
    /// The code with which it is refused.
    public let code: String
    /// Whether SVG has to be allowed for that code.
    public let needsSVG: Bool

    /// Its name.
    public var description: String { name }

    init(
        _ name: String, _ key: String, _ bytes: [UInt8], _ code: String, declared: String? = nil, needsSVG: Bool = false
    ) {
        self.name = name
        self.key = key
        self.bytes = bytes
        self.code = code
        declaredType = declared
        self.needsSVG = needsSVG
    }
}
