/// Set once, when the worker is to leave.
actor DrainSwitch {
    private(set) var isOpen = false

    func open() { isOpen = true }
}
