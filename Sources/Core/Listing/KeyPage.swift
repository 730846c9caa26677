/// What is kept of a page: enough to tell how dense its keys were where it ended.
struct KeyPage {
    /// A key in its middle.
    let middle: ObjectKey
    /// Its last key.
    let last: ObjectKey
    /// Which part of the page's keys is behind `middle`, through `last`.
    let share: Double

    /// Of a page's keys, ascending; nil where there are none.
    init?(_ keys: some RandomAccessCollection<ObjectKey>) {
        guard let last = keys.last else { return nil }
        let half = (keys.count - 1) / 2
        self.last = last
        middle = keys[keys.index(keys.startIndex, offsetBy: half)]
        share = max(1, Double(keys.count - 1 - half)) / Double(keys.count)
    }
}
