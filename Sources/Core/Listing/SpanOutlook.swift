/// How far a span reaches, measured in pages as dense as the page last seen: behind that page's last key, in the fractions
/// that a `KeyModel` reads keys as.
struct SpanOutlook {
    private let from: Double
    private let to: Double
    /// Where what begins as all keys of that page do ends: so far keys are as dense.
    private let near: Double
    private let shared: Int
    private let within: Int
    private let origin: Double
    private let step: Double

    /// The outlook of a span that ends; nil where the page tells nothing.
    init?(cursor: ObjectKey, upper: ObjectKey, page: KeyPage, model: KeyModel) {
        shared = page.middle.sharedLength(with: upper)
        within = page.middle.sharedLength(with: page.last)
        origin = model.fraction(page.last, behind: shared, exact: within, like: page.last)
        step = (origin - model.fraction(page.middle, behind: shared, exact: within, like: page.last)) / page.share
        guard step > 0, step.isFinite else { return nil }
        let position = model.fraction(page.last, behind: within, like: page.last)
        let innerStep = (position - model.fraction(page.middle, behind: within, like: page.last)) / page.share
        near = innerStep > 0 ? max(1, (1 - position) / innerStep) : 1
        from =
            cursor == page.last
            ? 0 : max(0, (model.fraction(cursor, behind: shared, exact: within, like: page.last) - origin) / step)
        to = max(from, (model.fraction(upper, behind: shared, exact: within, like: page.last) - origin) / step)
    }

    /// About how many pages it has, `atLeast` so many as long as there is room for them: a span that goes on giving full
    /// pages is not nearly at its end, whatever is to be expected.
    func pages(_ density: KeyDensity, atLeast: Double) -> Double {
        max(pages(density), min(to - from, atLeast))
    }

    private func pages(_ density: KeyDensity) -> Double {
        density.pages(to, near: near) - density.pages(from, near: near)
    }

    /// The key that cuts it into halves; nil where none can be told.
    func middle(_ density: KeyDensity, atLeast: Double, page: KeyPage?, model: KeyModel) -> ObjectKey? {
        guard let page else { return nil }
        let place: Double
        if pages(density) < min(to - from, atLeast) {
            place = (from + to) / 2
        } else {
            let half = (density.pages(to, near: near) + density.pages(from, near: near)) / 2
            place = density.width(half, near: near, most: to)
        }
        return model.key(
            origin + place * step, step: min(1, (to - from) / 2) * step / 4, behind: shared, exact: within,
            of: page.last)
    }

    /// Tells what came of it: so many pages.
    func teach(_ density: inout KeyDensity, pages: Double) {
        density.learn(from: from, to: to, near: near, pages: pages)
    }
}
