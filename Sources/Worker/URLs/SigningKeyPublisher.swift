package import Core

/// Keeps the signing keys published that caches need: two days ahead, and of renewed credentials as soon as these are seen.
///
/// What stands in the way is observed once, until it is something else; it never ends a worker.
package actor SigningKeyPublisher {
    private let urls: any URLStore
    private let source: any SigningKeySource
    private let settings: WorkerSettings
    private let observe: Observe
    /// When the credentials were obtained that this process last had for a scope.
    private var lastObtained: [SigningKeyScope: Timestamp] = [:]
    private var problems: [SigningKeyScope?: String] = [:]
    private var lastPruned: ContinuousClock.Instant?

    /// A publisher that has not looked yet.
    package init(
        urls: any URLStore, source: any SigningKeySource, settings: WorkerSettings, observe: @escaping Observe
    ) {
        self.urls = urls
        self.source = source
        self.settings = settings
        self.observe = observe
    }

    /// Looks again and again until the task is cancelled: at once, unless `isPausingFirst`.
    func run(pausingFirst isPausingFirst: Bool = false) async {
        var isFirst = !isPausingFirst
        while !Task.isCancelled {
            if isFirst {
                isFirst = false
            } else {
                try? await Task.sleep(for: settings.publishInterval * Double.random(in: 0.8...1.2))
            }
            if !Task.isCancelled { await publish() }
        }
    }

    /// Looks once: publishes what is needed and not there, and deletes what has become useless.
    package func publish() async {
        let demands: [SigningKeyDemand]
        do {
            demands = try await urls.wantedSigningKeys()
        } catch {
            note(error, of: nil)
            return
        }
        problems[nil] = nil
        forget(allBut: Set(demands.map(\.scope)))
        var hasPublished = false
        for demand in demands {
            do {
                if try await publish(demand) { hasPublished = true }
                problems[demand.scope] = nil
            } catch {
                note(error, of: demand.scope)
            }
            if Task.isCancelled { return }
        }
        await prune(isDue: hasPublished)
    }

    /// Whether anything had to be published.
    private func publish(_ demand: SigningKeyDemand) async throws -> Bool {
        let scope = demand.scope
        let credential = try await source.credential(of: scope.profile, for: scope.purpose)
        let days = demand.daysToPublish(of: credential, lastObtained: lastObtained[scope])
        if let days {
            try await urls.publish(try credential.keys(for: scope.region, on: days), of: credential, for: scope)
            observe(.signingKeysPublished(scope, days: days.count))
        }
        lastObtained[scope] = credential.obtainedAt
        return days != nil
    }

    private func prune(isDue: Bool) async {
        if !isDue, let lastPruned, ContinuousClock.now - lastPruned < settings.signingKeyPruneInterval { return }
        do {
            _ = try await urls.pruneSigningKeys()
            lastPruned = .now
        } catch {
            note(error, of: nil)
        }
    }

    /// Memory is bounded by what the caches need now.
    private func forget(allBut scopes: Set<SigningKeyScope>) {
        lastObtained = lastObtained.filter { scopes.contains($0.key) }
        problems = problems.filter { scope, _ in scope.map { scopes.contains($0) } ?? true }
    }

    private func note(_ error: any Error, of scope: SigningKeyScope?) {
        if Task.isCancelled { return }
        let reason = "\(error)"
        guard problems.updateValue(reason, forKey: scope) != reason else { return }
        observe(.signingKeysUnpublished(scope, reason: reason))
    }
}
