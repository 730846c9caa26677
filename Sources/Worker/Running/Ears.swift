/// Whether notifications are heard now.
actor Ears {
    private(set) var hear = false

    func set(_ hear: Bool) { self.hear = hear }
}
