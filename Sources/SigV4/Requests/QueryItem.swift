/// A query parameter, not percent-encoded. An empty value is written as `name=`.
public struct QueryItem: Hashable, Sendable {
    /// For instance `prefix`.
    public var name: String
    /// Any text.
    public var value: String

    /// Takes plain name and value.
    public init(_ name: String, _ value: String = "") {
        self.name = name
        self.value = value
    }
}
