/// How far work is, in words: `upload: 12 of 40 files [####----] 31 %, 1.2 MB of 4.0 MB, 3.1 MB/s, 0:01 left`.
struct ProgressText {
    var title: String?
    /// What is counted; nil: bytes alone.
    var unit: String?
    var amount: ProgressBar.Amount
    /// What was done already when the clock began.
    var since: ProgressBar.Amount
    var elapsed: Duration

    /// With a bar, in so many columns: the bar gives way first, then the title, then the end.
    func line(width: Int) -> String {
        let title = title.map { "\($0): " } ?? ""
        for head in [title + counts, counts] {
            let end = rest
            guard let share else {
                if (head + end).columns <= width { return head + end }
                continue
            }
            let tail = "\(Int(share * 100)) %" + end
            let separator = head.isEmpty ? "" : " "
            let room = min(40, width - (head + separator + tail).columns - 3)
            if room >= 5 {
                let filled = Int(share * Double(room))
                let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: room - filled)
                return head + separator + "[" + bar + "] " + tail
            }
            if (head + separator + tail).columns <= width { return head + separator + tail }
        }
        return (counts + rest).fitted(to: width)
    }

    /// Without a bar.
    var plain: String {
        let parts = [counts, share.map { "\(Int($0 * 100)) %" }].compactMap { $0 }.filter { !$0.isEmpty }
        return (title.map { "\($0): " } ?? "") + parts.joined(separator: ", ") + rest
    }

    private var counts: String {
        guard let unit else { return "" }
        guard let all = amount.ofFiles else { return "\(Output.count(amount.files)) \(unit)" }
        return "\(Output.count(amount.files)) of \(amount.isEstimated ? "about " : "")\(Output.count(all)) \(unit)"
    }

    private var share: Double? {
        let share: Double
        if amount.ofBytes > 0 {
            share = Double(amount.bytes) / Double(amount.ofBytes)
        } else if let all = amount.ofFiles {
            share = Double(amount.files) / Double(max(all, 1))
        } else {
            return nil
        }
        return min(max(share, 0), 1)
    }

    /// Bytes, the rate, the time that is left, and what failed.
    private var rest: String {
        var text = ""
        let seconds = elapsed / .seconds(1)
        if amount.ofBytes > 0 {
            text += ", \(ProgressBar.bytes(amount.bytes)) of \(ProgressBar.bytes(amount.ofBytes))"
            let rate = Double(amount.bytes - since.bytes) / seconds
            if seconds >= 0.5, rate > 0 {
                text += ", \(ProgressBar.bytes(Int64(rate)))/s" + left(Double(amount.ofBytes - amount.bytes) / rate)
            }
        } else if let unit {
            let rate = Double(amount.files - since.files) / seconds
            if seconds >= 0.5, rate > 0 {
                text += ", \(rate < 10 ? "\((rate * 10).rounded() / 10)" : Output.count(Int64(rate))) \(unit)/s"
                if let all = amount.ofFiles { text += left(Double(all - amount.files) / rate) }
            }
        }
        return amount.failed > 0 ? text + ", \(Output.count(amount.failed)) failed" : text
    }

    private func left(_ seconds: Double) -> String {
        guard seconds > 0 else { return "" }
        let seconds = Int(min(seconds.rounded(.up), 359_999))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let clock =
            seconds < 3_600
            ? "\(seconds / 60):\(two(seconds % 60))"
            : "\(seconds / 3_600):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        return ", \(clock) left"
    }
}
