extension Options {
    /// What these arguments mean. Throws `OptionError` for what means nothing.
    init(arguments: some Sequence<String>) throws(OptionError) {
        var rest = arguments.makeIterator()
        while let option = rest.next() {
            if option == "--help" || option == "-h" {
                wantsHelp = true
                return
            }
            guard Self.names.contains(option) else {
                throw OptionError(code: .unknownOption, description: "There is no option \(option); see --help.")
            }
            guard let value = rest.next() else {
                throw OptionError(code: .missingValue, description: "\(option) needs a value; see --help.")
            }
            try set(option, to: value)
        }
    }

    private static let names = [
        "--port", "--objects", "--distribution", "--seed", "--changed", "--latency", "--jitter", "--stragglers",
        "--slow-down", "--slow-down-above", "--slow-down-rate", "--fault", "--measure", "--connections",
    ]

    private mutating func set(_ option: String, to value: String) throws(OptionError) {
        switch option {
        case "--port": port = UInt16(try Self.whole(option, value, 0...65_535))
        case "--objects": bucket.objects = try Self.whole(option, value, 0...20_000_000)
        case "--distribution":
            guard let distribution = Distribution(rawValue: value) else {
                throw Self.refusal(option, "one of \(Distribution.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            bucket.distribution = distribution
        case "--seed":
            guard let seed = UInt64(value) else { throw Self.refusal(option, "0 to \(UInt64.max)") }
            bucket.seed = seed
        case "--changed": bucket.changed = try Self.fraction(option, value)
        case "--latency": delay.latency = try Self.milliseconds(option, value)
        case "--jitter": delay.jitter = try Self.milliseconds(option, value)
        case "--stragglers":
            let parts = value.split(separator: ",", omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw Self.refusal(option, "FRACTION,MS") }
            delay.stragglers = try Self.fraction(option, String(parts[0]))
            delay.straggling = try Self.milliseconds(option, String(parts[1]))
        case "--slow-down": limits.fraction = try Self.fraction(option, value)
        case "--slow-down-above": limits.inFlight = try Self.whole(option, value, 0...100_000)
        case "--slow-down-rate": limits.rate = Double(try Self.whole(option, value, 1...1_000_000))
        case "--fault":
            guard let fault = PlannedFault(value) else {
                throw Self.refusal(option, "KIND@N, KIND@N+ or KIND; see --help")
            }
            faults.append(fault)
        case "--measure": measured = try Self.whole(option, value, 1...3_600)
        default: connections = try Self.whole(option, value, 1...512)
        }
    }

    private static func whole(
        _ option: String, _ value: String, _ range: ClosedRange<Int>
    ) throws(OptionError) -> Int {
        guard let number = Int(value), range.contains(number) else {
            throw refusal(option, "\(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func fraction(_ option: String, _ value: String) throws(OptionError) -> Double {
        guard let number = Double(value), (0...1).contains(number) else {
            throw refusal(option, "a fraction of 0 to 1")
        }
        return number
    }

    private static func milliseconds(_ option: String, _ value: String) throws(OptionError) -> Double {
        guard let number = Double(value), (0...3_600_000).contains(number) else {
            throw refusal(option, "0 to 3600000 milliseconds")
        }
        return number
    }

    private static func refusal(_ option: String, _ takes: String) -> OptionError {
        OptionError(code: .invalidValue, description: "\(option) takes \(takes).")
    }
}
