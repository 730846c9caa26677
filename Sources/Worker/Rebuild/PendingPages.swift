import Core

/// Pages that were listed and are not compared yet.
struct PendingPages {
    /// How many objects are compared at once, about.
    private let sliceSize: Int
    private var pages: [ListedPage] = []
    private var size = 0
    private var footprint = 0

    /// A slice has at most so many pages, however few objects they have.
    private static let mostPages = 100

    /// Slices of about `sliceSize` objects: fewer where their names are so long that they take more than 512 bytes each.
    init(sliceSize: Int) { self.sliceSize = sliceSize }

    private var sliceFootprint: Int { sliceSize * ObjectSummary.usualFootprint }

    /// As many wait as two slices take: no more is to be asked for.
    var isFull: Bool {
        size >= 2 * sliceSize || footprint >= 2 * sliceFootprint || pages.count >= 2 * Self.mostPages
    }

    /// There is another slice to be kept: nobody would wait for more.
    var isAhead: Bool { size >= sliceSize || footprint >= sliceFootprint || pages.count >= Self.mostPages }

    mutating func add(_ page: ListedPage) {
        pages.append(page)
        size += page.objects.count
        footprint += Self.footprint(of: page)
    }

    /// As many pages as make a slice, or as there are; nil if there are none.
    mutating func takeSlice() -> [ListedPage]? {
        var count = 0
        var objects = 0
        var bytes = 0
        while count < min(pages.count, Self.mostPages), objects < sliceSize, bytes < sliceFootprint {
            objects += pages[count].objects.count
            bytes += Self.footprint(of: pages[count])
            count += 1
        }
        guard count > 0 else { return nil }
        let slice = Array(pages[..<count])
        pages.removeFirst(count)
        size -= objects
        footprint -= bytes
        return slice
    }

    private static func footprint(of page: ListedPage) -> Int { page.objects.reduce(0) { $0 + $1.footprint } }
}
