import TestSupport

/// A host on 127.0.0.1 whose answers a test chooses, and that remembers what it was asked for.
final class FetchedHost: Sendable {
    /// What it says.
    struct Answer: Sendable {
        var status = "200 OK"
        var headers: [String] = []
        var body: [UInt8] = []

        /// These bytes.
        static func found(_ body: [UInt8], type: String = "image/png") -> Answer {
            Answer(headers: ["Content-Type: \(type)"], body: body)
        }

        /// A status without a body, `404 Not Found`.
        static func status(_ status: String, _ headers: String...) -> Answer {
            Answer(status: status, headers: headers)
        }
    }

    private let server: ScriptedServer
    private let asked: Shared<[String]>

    /// `answer` gets the path with its query; it may block.
    init(_ answer: @escaping @Sendable (_ target: String) -> Answer) throws {
        let asked = Shared<[String]>([])
        server = try ScriptedServer { connection in
            while let request = try connection.readRequest() {
                asked.withLock { $0.append(request.target) }
                let answer = answer(request.target)
                let head = ["HTTP/1.1 \(answer.status)"] + answer.headers + ["Content-Length: \(answer.body.count)"]
                try connection.send(head.joined(separator: "\r\n") + "\r\n\r\n")
                try connection.send(answer.body)
            }
        }
        self.asked = asked
    }

    /// What it was asked for, in order.
    var targets: [String] { asked.value }

    /// `http://127.0.0.1:port`.
    var origin: String { server.origin }

    /// The port it listens at.
    var port: UInt16 { server.port }

    /// How many connections there were.
    var connections: Int { server.acceptedConnections }
}
