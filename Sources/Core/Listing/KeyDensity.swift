/// How keys thin out beyond the neighbourhood in which density was measured, as learned from what predictions came to.
///
/// A stretch as wide as `width` pages of the density nearby holds that many pages within `near`; beyond it, pages grow with a
/// power of the width: the first for counters, dates and hashes, a lower one where few folders hold most of the keys.
struct KeyDensity {
    /// The powers that are weighed, in eighths.
    private static let eighths = 1...8
    private static let forgetting = 0.97
    /// The power that is taken, in eighths.
    private(set) var eighth = 6
    /// As long as nothing has been seen: between the extremes.
    private var losses = SIMD8<Double>(5, 4, 3, 2, 1, 0, 1, 2)

    /// About how many pages so wide a stretch holds.
    func pages(_ width: Double, near: Double) -> Double { Self.pages(width, near: near, eighth: eighth) }

    /// How wide a stretch holds so many pages.
    func width(_ pages: Double, near: Double, most: Double) -> Double {
        if pages <= near { return pages }
        var low = near
        var high = max(near, most)
        for _ in 0..<64 {
            // Widths are compared by scale.
            let middle = (low * high).squareRoot()
            if self.pages(middle, near: near) < pages { low = middle } else { high = middle }
        }
        return high
    }

    /// What was learned, to begin with elsewhere: a few observations there outweigh it.
    var asPrior: KeyDensity {
        var prior = self
        let least = losses.min()
        for index in losses.indices { prior.losses[index] = min(losses[index] - least, Self.mostOfPrior) }
        return prior
    }
    private static let mostOfPrior = 2.0

    /// Learns that the stretch between two widths held so many pages.
    mutating func learn(from: Double, to: Double, near: Double, pages: Double) {
        guard to > near * 2 else { return }
        let logarithm = Self.binaryLogarithm(pages + 0.5)
        var best = 0
        for (index, eighth) in Self.eighths.enumerated() {
            let expected =
                Self.pages(to, near: near, eighth: eighth) - Self.pages(from, near: near, eighth: eighth)
            let error = Self.binaryLogarithm(expected + 0.5) - logarithm
            losses[index] = losses[index] * Self.forgetting + error * error
            if losses[index] < losses[best] { best = index }
        }
        eighth = best + 1
    }

    private static func pages(_ width: Double, near: Double, eighth: Int) -> Double {
        guard width > near else { return width }
        let root = (width / near).squareRoot().squareRoot().squareRoot()
        var power = 1.0
        for _ in 0..<eighth { power *= root }
        return near * power
    }

    /// Near enough: exact for powers of two, straight between them.
    private static func binaryLogarithm(_ number: Double) -> Double {
        Double(number.exponent) + number.significand - 1
    }
}
