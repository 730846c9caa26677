/// Fuzzes the inspection of images: `ImageFuzz --seconds 300 --seed 1`. Exits with 1 and shows the bytes at a finding.
import Glibc

func argument(_ name: String, _ otherwise: UInt64) -> UInt64 {
    guard let index = CommandLine.arguments.firstIndex(of: name), index + 1 < CommandLine.arguments.count else {
        return otherwise
    }
    return UInt64(CommandLine.arguments[index + 1]) ?? otherwise
}

let seconds = argument("--seconds", 10)
let seed = argument("--seed", 1)
var fuzzer = ImageFuzzer(seed: seed)
var finding = fuzzer.checkCorpus()
let end = ContinuousClock.now + .seconds(Int(seconds))
while finding == nil, ContinuousClock.now < end {
    for _ in 0..<1_000 where finding == nil { finding = fuzzer.step() }
}
print("seed \(seed): \(fuzzer.executions) inputs, \(fuzzer.accepted) without a flaw")
if let finding {
    print("finding: \(finding)")
    exit(1)
}
