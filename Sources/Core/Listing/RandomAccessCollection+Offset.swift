extension RandomAccessCollection {
    /// How many elements precede the first for which `belongsBehind` holds; all after it are taken to hold too.
    func offset(where belongsBehind: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if belongsBehind(self[index(startIndex, offsetBy: middle)]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
