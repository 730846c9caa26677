/// An element of a bucket's configuration, as the server keeps it: a text, or other elements.
///
/// Rules are merged as such elements, so that what nothing here knows of is written back as it was.
public struct ConfigurationElement: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// Empty where there are elements in it.
    public var text: String
    /// The elements in it, in order.
    public var children: [ConfigurationElement]

    /// An element with a text.
    public init(_ name: String, _ text: String = "") {
        self.name = name
        self.text = text
        children = []
    }

    /// An element with others in it.
    public init(_ name: String, _ children: [ConfigurationElement]) {
        self.name = name
        text = ""
        self.children = children
    }

    /// The first child of this name.
    public func child(_ name: String) -> ConfigurationElement? { children.first { $0.name == name } }

    /// The texts of all children of this name.
    public func texts(_ name: String) -> [String] { children.filter { $0.name == name }.map(\.text) }

    /// Gives the first child of this name this text, or adds one that has it.
    mutating func set(_ name: String, _ text: String) {
        if let index = children.firstIndex(where: { $0.name == name }) {
            children[index] = ConfigurationElement(name, text)
        } else {
            children.append(ConfigurationElement(name, text))
        }
    }
}
