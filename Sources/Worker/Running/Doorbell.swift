/// Wakes a waiting loop. Rings while nobody waits are kept as one, so that none is lost between a look and a wait.
actor Doorbell {
    private var hasRung = false
    private var waiter: CheckedContinuation<Void, Never>?

    /// Wakes the waiter, or the next one.
    func ring() {
        if let waiter {
            self.waiter = nil
            waiter.resume()
        } else {
            hasRung = true
        }
    }

    /// Returns at the next ring, after `limit`, or when the task is cancelled.
    func wait(atMost limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // A cancelled sleep must wake the waiter as well.
                try? await Task.sleep(for: limit)
                await self.ring()
            }
            await waitForRing()
            group.cancelAll()
            await group.waitForAll()
        }
        // The timer rings too, when it is cancelled; that ring is spent here, a real one merged with it has done its work.
        hasRung = false
    }

    private func waitForRing() async {
        if hasRung {
            hasRung = false
            return
        }
        await withCheckedContinuation { waiter = $0 }
    }
}
