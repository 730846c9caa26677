internal import Core
internal import S3

extension ConfigurationElement {
    /// The same in the terms of the port.
    init(_ element: S3Element) {
        self.init(element.name, element.text)
        children = element.children.map { ConfigurationElement($0) }
    }

    /// The same in the terms of the client.
    var s3: S3Element {
        var element = S3Element(name, text)
        element.children = children.map(\.s3)
        return element
    }
}
