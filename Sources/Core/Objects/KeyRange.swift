/// A part of the key space in byte order.
public struct KeyRange: Hashable, Sendable {
    /// Where it begins.
    public enum Lower: Hashable, Sendable {
        /// At the first key there is.
        case first
        /// With this key, if it exists.
        case from(ObjectKey)
        /// Behind this key.
        case after(ObjectKey)
    }

    /// Where it ends.
    public enum Upper: Hashable, Sendable {
        /// With this key, if it exists.
        case through(ObjectKey)
        /// Before this key.
        case before(ObjectKey)
        /// With the last key there is.
        case last
    }

    /// Where it begins.
    public var lower: Lower
    /// Where it ends.
    public var upper: Upper

    /// A range from one bound to another.
    public init(lower: Lower, upper: Upper) {
        self.lower = lower
        self.upper = upper
    }

    /// The part of all keys starting with `prefix` that lies behind `after` (nil: from the prefix on) and reaches through
    /// `upto` (nil: to the prefix's end).
    public init(prefix: String, after: ObjectKey?, upto: ObjectKey?) {
        if let after {
            self.lower = .after(after)
        } else {
            self.lower = prefix.isEmpty ? .first : .from(ObjectKey(prefix))
        }
        if let upto {
            self.upper = .through(upto)
        } else {
            self.upper = KeyRange.end(ofPrefix: prefix).map(Upper.before) ?? .last
        }
    }

    /// The smallest key greater than every key that starts with `prefix`; nil where there is none.
    ///
    /// UTF-8 sorts as code points do, so it is the prefix with its last code point one higher; surrogates are left out.
    public static func end(ofPrefix prefix: String) -> ObjectKey? {
        var scalars = Array(prefix.unicodeScalars)
        while let last = scalars.popLast() {
            let next = last.value == 0xD7FF ? 0xE000 : last.value + 1
            if let scalar = Unicode.Scalar(next) {
                scalars.append(scalar)
                var view = String.UnicodeScalarView()
                view.append(contentsOf: scalars)
                return ObjectKey(String(view))
            }
        }
        return nil
    }
}
