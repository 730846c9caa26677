/// A value that no description, dump or error shows.
public struct Hidden<Value: Hashable & Sendable>: Hashable, Sendable {
    /// The value. Whoever takes it out keeps it from logs and errors.
    public var value: Value

    /// Hides a value.
    public init(_ value: Value) { self.value = value }
}

extension Hidden: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `hidden`
    public var description: String { "hidden" }
    /// The same as `description`.
    public var debugDescription: String { "hidden" }
    /// What `dump` shows: nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
