import Postgres
import Testing

@Suite struct SettingsTests {
    static let password = "hunter2"

    @Test(
        "No form of the settings shows a password",
        arguments: [
            "postgresql://me:hunter2@db.example/app", "host=db.example user=me password=hunter2 dbname=app",
            "postgres://me@db.example/app?password=hunter2", "password=hunter2 nonsense",
            "postgres://me:x@hunter2@db.example/app", "postgres://me:x/hunter2@db.example/app",
        ])
    func description(_ text: String) async throws {
        let settings = PostgresSettings(text)
        var dumped = ""
        dump(settings, to: &dumped)
        for shown in ["\(settings)", settings.debugDescription, dumped, String(reflecting: settings)] {
            #expect(!shown.contains(Self.password))
        }
    }

    @Test(
        "No connection error shows a password",
        arguments: [
            "host=/nonexistent user=me password=hunter2", "postgres://me:hunter2@127.0.0.1:1/app",
            "postgres://me:x@hunter2@127.0.0.1:1/app", "postgres://me:x/hunter2@127.0.0.1:1/app",
            "postgres://me:x?hunter2@127.0.0.1:1/app", "password=hunter2 nonsense",
            "postgres://me:hunter2@127.0.0.1:x/app",
        ])
    func connectionErrors(_ text: String) async throws {
        let error = try #require(
            try await postgresError { _ = try await PostgresConnection.connect(PostgresSettings(text)) })
        #expect([.connectionNotEstablished, .invalidParameterValue].contains(error.code))
        #expect(!error.debugDescription.contains(Self.password))
    }

    @Test func theDescriptionTellsWhereItConnects() {
        let settings = PostgresSettings("postgresql://me:hunter2@db.example:5433/app")
        #expect(settings.description == "postgresql host=db.example port=5433 user=me dbname=app")
    }

    @Test func sessionParametersAndNameArriveWithOddCharacters() async throws {
        var settings = settings
        settings.applicationName = "my app"
        settings.sessionParameters = ["search_path": #"pg_catalog, "a b\c""#, "statement_timeout": "12345ms"]
        try await withConnection(settings) { connection in
            let row = try await connection.query(
                """
                select current_setting('search_path'), current_setting('statement_timeout'),
                    current_setting('application_name'), current_setting('client_encoding')
                """
            ).only
            #expect(try row[0] == #"pg_catalog, "a b\c""#)
            #expect(try row[1] == "12345ms")
            #expect(try row[2] == "my app")
            #expect(try row[3] == "UTF8")
        }
    }
}
