internal import Core
internal import S3

extension Observation {
    /// What happened to a request.
    init(_ event: S3Event) {
        switch event {
        case .requestEnded(let operation, let statusClass):
            self = .storeRequestEnded(operation: operation, statusClass: statusClass)
        case .requestRepeated(let operation): self = .storeRequestRepeated(operation: operation)
        case .throttled(let endpoint, let pause):
            self = .storeThrottled(endpoint: endpoint, seconds: pause / .seconds(1))
        case .requestHeldBack(let operation): self = .storeRequestHeldBack(operation: operation)
        }
    }
}
