/// A value of which no description and no dump shows more than its type's name: it holds secrets.
protocol ContentHidden: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension ContentHidden {
    /// The type's name.
    var description: String { "\(Self.self)" }
    /// The type's name.
    var debugDescription: String { description }
    /// Without children.
    var customMirror: Mirror { Mirror(self, children: []) }
}
