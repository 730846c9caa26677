import Core

/// Pages that were listed and are not compared yet.
struct PendingPages {
    /// How many objects are compared at once, about.
    private let sliceSize: Int
    private var pages: [ListedPage] = []
    private var size = 0

    /// A slice has at most so many pages, however few objects they have.
    private static let mostPages = 100

    init(sliceSize: Int) { self.sliceSize = sliceSize }

    /// As many wait as two slices take: no more is to be asked for.
    var isFull: Bool { size >= 2 * sliceSize || pages.count >= 2 * Self.mostPages }

    mutating func add(_ page: ListedPage) {
        pages.append(page)
        size += page.objects.count
    }

    /// As many pages as make a slice, or as there are; nil if there are none.
    mutating func takeSlice() -> [ListedPage]? {
        var count = 0
        var objects = 0
        while count < min(pages.count, Self.mostPages), objects < sliceSize {
            objects += pages[count].objects.count
            count += 1
        }
        guard count > 0 else { return nil }
        let slice = Array(pages[..<count])
        pages.removeFirst(count)
        size -= objects
        return slice
    }
}
