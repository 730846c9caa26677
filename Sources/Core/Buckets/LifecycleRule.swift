/// What is of use here of a rule of a bucket's lifecycle.
struct LifecycleRule {
    let element: ConfigurationElement

    /// Nil where it has none.
    var id: String? { element.child("ID").map(\.text) }

    var isEnabled: Bool { element.child("Status")?.text == "Enabled" }

    /// Whether it names its prefix in the way of before 2016, outside of a filter. Servers refuse rules of both ways
    /// beside each other.
    var isOfFirstVersion: Bool { element.child("Filter") == nil && element.child("Prefix") != nil }

    /// The keys that it is about; nil where something else besides their beginning decides.
    var prefix: String? {
        guard let filter = element.child("Filter") else { return element.child("Prefix")?.text ?? "" }
        guard filter.children.allSatisfy({ $0.name == "Prefix" }), filter.children.count <= 1 else { return nil }
        return filter.child("Prefix")?.text ?? ""
    }

    /// After how many days it does what a goal demands of all of the goal's objects; nil where it does not.
    func days(for goal: LifecycleGoal) -> Int? {
        guard isEnabled, let prefix, goal.prefix.utf8.starts(with: prefix.utf8) else { return nil }
        return element.children.compactMap(goal.days(of:)).min()
    }
}
