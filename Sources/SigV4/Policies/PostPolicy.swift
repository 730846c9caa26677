/// What a browser may upload by an HTML form, and until when.
///
/// It names what the form must hold: every field but `x-amz-signature`, `policy`, `file` and those that begin with
/// `x-ignore-` needs a condition. The signer adds the conditions for its own fields.
///
/// Source: "POST Policy", Amazon S3 API Reference.
public struct PostPolicy: Hashable, Sendable {
    /// When the form stops working.
    public var expiration: SigningTime
    /// What the form must hold.
    public var conditions: [PolicyCondition]

    /// Takes what the form must hold, in the order in which it is written.
    public init(expiration: SigningTime, conditions: [PolicyCondition]) {
        self.expiration = expiration
        self.conditions = conditions
    }

    /// The JSON document, with further conditions at its end.
    func document(adding own: [PolicyCondition]) -> String {
        var writer = ByteWriter(capacity: 1_024)
        writer.append("{\"expiration\": ")
        writer.append(json: expiration.iso8601)
        writer.append(", \"conditions\": [")
        for (index, condition) in (conditions + own).enumerated() {
            if index > 0 { writer.append(", ") }
            condition.write(to: &writer)
        }
        writer.append("]}")
        return writer.string()
    }
}
