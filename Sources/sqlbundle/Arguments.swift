/// The command line: a command, then options that each take a value.
struct Arguments {
    let command: String
    private let options: [String: String]

    init(_ words: [String]) throws(BundleError) {
        guard let command = words.first else { throw BundleError(Self.usage) }
        var options: [String: String] = [:]
        var rest = words.dropFirst()
        while let name = rest.popFirst() {
            guard Self.names.contains(name), let value = rest.popFirst() else {
                throw BundleError("\(name): not an option, or one without its value\n\(Self.usage)")
            }
            options[name] = value
        }
        self.command = command
        self.options = options
    }

    /// The value of an option that the command cannot do without.
    func required(_ name: String) throws(BundleError) -> String {
        guard let value = options[name] else { throw BundleError("\(command): \(name) is missing\n\(Self.usage)") }
        return value
    }

    func optional(_ name: String) -> String? {
        options[name]
    }

    private static let names: Set<String> = ["--sql", "--out", "--schema"]

    static let usage = """
        usage: sqlbundle COMMAND --sql DIR …
          check --sql DIR                       say what is wrong with the tree, one line a problem
          extension --sql DIR --out DIR         write the install script and the upgrade scripts
          migration --sql DIR [--schema NAME]   print the plain SQL script; without a name, @extschema@ stays in it
          swift --sql DIR --out FILE            write the plain SQL script as Swift source
          freeze --sql DIR                      record the tree's version in frozen.sum as released
        """
}
