internal import Glibc
internal import SigV4

// Presigned GET URLs that one thread makes in a second of CPU time: plain ones, then with overrides, then with a session
// token. The number of URLs is the first argument (2,000,000 by default).

let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 2_000_000
let start = try SigningTime(seconds: 1_792_000_000)
let origin = try Origin(scheme: .https, authority: "example-bucket.s3.eu-central-1.amazonaws.com")
// Keys are made before the clock runs.
let paths = (0..<10_000).map { RequestPath(raw: "/products/\(10_000_000 + $0)/front view.jpg") }

func signer(token: String?) throws -> Signer {
    let credentials = try Credentials(
        accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        sessionToken: token)
    return try Signer(credentials: credentials, region: "eu-central-1", service: "s3")
}

func measure(_ title: String, _ signer: Signer, query: [QueryItem]) throws {
    var request = SigningRequest(method: "GET", origin: origin, path: .root, query: query, payload: .unsigned)
    var bytes = 0
    let before = clock()
    for number in 0..<count {
        request.path = paths[number % paths.count]
        bytes += try signer.presign(request, expires: 3_600, at: start).text.utf8.count
    }
    let seconds = Double(clock() - before) / Double(CLOCKS_PER_SEC)
    print("\(title): \(Int(Double(count) / seconds)) URLs/s (\(bytes / count) bytes each)")
}

let overrides = [
    QueryItem("response-content-type", "image/jpeg"),
    QueryItem("response-content-disposition", "attachment; filename=\"front view.jpg\""),
]
try measure("presigned GET", signer(token: nil), query: [])
try measure("presigned GET, two overrides", signer(token: nil), query: overrides)
try measure("presigned GET, session token", signer(token: String(repeating: "token+/=", count: 50)), query: [])
