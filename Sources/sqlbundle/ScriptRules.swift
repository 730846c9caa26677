/// What an SQL file must keep to, so that any two can follow each other in one script that psql, PQexec and
/// CREATE EXTENSION all read alike.
enum ScriptRules {
    /// The dollar quotes that the generated scripts put around files: no file may contain them.
    private static let reservedQuotes = [
        MigrationScript.stepQuote, MigrationScript.schemaQuote, RetireStatement.quote,
    ]

    static func problems(of text: String) -> [String] {
        var problems: [String] = []
        let lines = text.split(separator: "\n").map { $0.drop { $0 == " " || $0 == "\t" } }
        if lines.contains(where: { $0.hasPrefix("\\") }) {
            problems.append("has a psql meta command, which only psql understands")
        }
        for quote in reservedQuotes where text.contains(quote) {
            problems.append("contains \(quote), which the generated scripts use themselves")
        }
        let statements = lines.filter { !$0.hasPrefix("--") && !$0.isEmpty }
        if let last = statements.last, !last.reversed().drop(while: \.isWhitespace).starts(with: ";") {
            problems.append("its last statement does not end in a semicolon at the end of a line")
        }
        return problems
    }
}
