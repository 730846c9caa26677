package import Core

/// Makes a bucket, or an existing one, be as it is wished, and takes nothing away from it that others set.
///
/// Each step stands for itself: what a server does not offer, or the credentials may not do, is told, and the others are
/// done. Doing it again changes nothing.
package struct BucketSetup: Sendable {
    private let administration: any BucketAdministration
    private let wishes: BucketWishes
    private let probeName: String
    private let report: @Sendable (SetupStep) -> Void

    /// Sets up the bucket of `administration`. `probeName` tells the object that is written as a probe apart from every other
    /// one's; `report` gets each step as it ends.
    package init(
        _ administration: any BucketAdministration, _ wishes: BucketWishes, probeName: String,
        report: @escaping @Sendable (SetupStep) -> Void
    ) {
        self.administration = administration
        self.wishes = wishes
        self.probeName = probeName
        self.report = report
    }

    /// Runs all steps; gives whether the bucket exists and may be looked at, and what each step came to. Throws
    /// `CancellationError` only.
    package func run() async throws -> (exists: Bool, steps: [SetupStep]) {
        var steps: [SetupStep] = []
        func add(_ step: SetupStep) {
            report(step)
            steps.append(step)
        }
        let (isThere, first) = try await makeBucket()
        add(first)
        guard isThere else { return (false, steps) }
        if let step = try await checkRegion() { add(step) }
        if wishes.keepsVersions || wishes.checksOnly { add(try await versioning()) }
        for step in try await lifecycle() { add(step) }
        if !wishes.origins.isEmpty { add(try await cors()) }
        if let reader = wishes.reader { add(try await policy(reader)) }
        if wishes.blocksPublicAccess { add(try await blockPublicAccess()) }
        add(try await publicAccess())
        if !wishes.checksOnly { for step in try await probe() { add(step) } }
        return (true, steps)
    }

    private var name: String { ObjectKey(administration.bucket).quoted }

    // MARK: The bucket itself

    private func makeBucket() async throws -> (Bool, SetupStep) {
        do {
            if try await administration.exists() { return (true, SetupStep("bucket", .ok, "\(name) exists.")) }
        } catch let error as StoreError where error.code == .accessDenied {
            return (
                false,
                SetupStep(
                    "bucket", .fail,
                    "\(name) exists, and is owned by another account, or these credentials may not look at it: choose another "
                        + "name, or grant them s3:ListBucket.")
            )
        } catch let error as StoreError {
            return (false, SetupStep("bucket", .fail, error.message))
        }
        try Task.checkCancellation()
        if wishes.checksOnly {
            return (false, SetupStep("bucket", .missing, "\(name) does not exist; run this without --check-only."))
        }
        do {
            let isInRegion = try await administration.create()
            guard isInRegion else {
                let text =
                    "\(name) was created where the server puts buckets: it knows no region \(administration.region)."
                return (true, SetupStep("bucket", wishes.demandsRegion ? .warn : .done, text))
            }
            return (true, SetupStep("bucket", .done, "\(name) was created in \(administration.region)."))
        } catch let error as StoreError {
            return (false, SetupStep("bucket", .fail, Self.explain(error, name)))
        }
    }

    private static func explain(_ error: StoreError, _ name: String) -> String {
        guard error.code == .alreadyExists else { return error.message }
        return
            "The name \(name) is owned by another account, and names are unique among all of them: choose another one."
    }

    /// Nil where there is nothing to say: servers other than Amazon's call their regions as they like.
    private func checkRegion() async throws -> SetupStep? {
        do {
            let location = try await administration.location()
            guard administration.isAmazon || wishes.demandsRegion else { return nil }
            guard location != administration.region else { return SetupStep("region", .ok, location) }
            return SetupStep(
                "region", .warn,
                "\(name) is in \(ObjectKey(location).quoted), not in \(administration.region): set AWS_REGION to where it is."
            )
        } catch let error as StoreError {
            try Task.checkCancellation()
            return administration.isAmazon ? Self.step("region", error, isMinor: true) : nil
        }
    }

    // MARK: Its configuration

    private func versioning() async throws -> SetupStep {
        try await step("versioning") {
            if try await administration.versioning() == .enabled {
                return SetupStep("versioning", .ok, "Replaced and deleted objects are kept.")
            }
            guard wishes.keepsVersions else {
                return SetupStep("versioning", .ok, "Replaced and deleted objects are not kept.")
            }
            guard !wishes.checksOnly else {
                return SetupStep("versioning", .missing, "Replaced and deleted objects are not kept.")
            }
            try await administration.enableVersioning()
            return SetupStep("versioning", .done, "Replaced and deleted objects are kept from now on.")
        }
    }

    private func lifecycle() async throws -> [SetupStep] {
        guard !wishes.lifecycle.isEmpty else { return [] }
        let before: BucketLifecycle
        do {
            before = try await administration.lifecycle()
        } catch let error as StoreError {
            try Task.checkCancellation()
            return [Self.step("lifecycle", error)]
        }
        let (merged, steps) = merge(wishes.lifecycle, into: before)
        guard steps.contains(where: { $0.status == .done }), !wishes.checksOnly else { return steps }
        do {
            try await administration.setLifecycle(merged)
            return steps
        } catch let error as StoreError where error.code != .requestRefused || wishes.lifecycle.count == 1 {
            try Task.checkCancellation()
            return [Self.step("lifecycle", error)]
        } catch is StoreError {
            return try await oneByOne(before)
        }
    }

    /// Which rule the server does not take is found out by writing one after the other.
    private func oneByOne(_ before: BucketLifecycle) async throws -> [SetupStep] {
        var lifecycle = before
        var steps: [SetupStep] = []
        for goal in wishes.lifecycle {
            let (merged, told) = merge([goal], into: lifecycle)
            do {
                if told.contains(where: { $0.status == .done }) { try await administration.setLifecycle(merged) }
                lifecycle = merged
                steps += told
            } catch let error as StoreError {
                try Task.checkCancellation()
                steps.append(Self.step(Self.name(of: goal), error))
            }
        }
        return steps
    }

    private func merge(
        _ goals: [LifecycleGoal], into lifecycle: BucketLifecycle
    ) -> (BucketLifecycle, [SetupStep]) {
        var lifecycle = lifecycle
        let steps = goals.map { goal in
            let merge = LifecycleMerge(goal, into: lifecycle.rules)
            lifecycle.rules = merge.rules
            return step(Self.name(of: goal), merge.outcome, Self.sentence(of: goal))
        }
        return (lifecycle, steps)
    }

    private static func name(of goal: LifecycleGoal) -> String {
        switch goal {
        case .archive: "lifecycle: archive"
        case .abortUploads: "lifecycle: abort uploads"
        }
    }

    private static func sentence(of goal: LifecycleGoal) -> String {
        switch goal {
        case .archive(let prefix, let days, let storageClass):
            "Objects below \(ObjectKey(prefix).quoted) move to \(storageClass) after \(days) days"
        case .abortUploads(let days): "Uploads in parts that nobody ends are aborted after \(days) days"
        }
    }

    private func cors() async throws -> SetupStep {
        try await step("cors") {
            let merge = CORSMerge(origins: wishes.origins, into: try await administration.corsRules())
            if merge.outcome.isChange, !wishes.checksOnly { try await administration.setCORSRules(merge.rules) }
            return step(
                "cors", merge.outcome, "Pages of \(wishes.origins.joined(separator: ", ")) may read and upload")
        }
    }

    private func policy(_ reader: CDNIdentity) async throws -> SetupStep {
        try await step("policy") {
            var policy = try await administration.policy() ?? BucketPolicy()
            let outcome = policy.merge(reader.statement(bucket: administration.bucket))
            if outcome.isChange, !wishes.checksOnly { try await administration.setPolicy(policy) }
            return step("policy", outcome, "The CDN may read all objects")
        }
    }

    private func blockPublicAccess() async throws -> SetupStep {
        try await step("public access block") {
            if try await administration.access().isBlocked == true {
                return SetupStep("public access block", .ok, "Nothing can open the bucket to everyone.")
            }
            guard !wishes.checksOnly else {
                return SetupStep("public access block", .missing, "An ACL or a policy could open the bucket.")
            }
            try await administration.blockPublicAccess()
            return SetupStep("public access block", .done, "Nothing can open the bucket to everyone from now on.")
        }
    }

    private func publicAccess() async throws -> SetupStep {
        try await step("public access", isMinor: true) {
            let access = try await administration.access()
            if access.isWritable {
                return SetupStep(
                    "public access", .fail,
                    "Everyone may write to \(name): take the ACL or policy back that allows it, or run this with "
                        + "--block-public-access.")
            }
            if access.isReadable {
                return SetupStep(
                    "public access", .warn,
                    "Everyone may read from \(name): unless that is meant, run this with --block-public-access.")
            }
            return SetupStep("public access", .ok, "Nothing is open to everyone.")
        }
    }

    // MARK: Its objects

    private func probe() async throws -> [SetupStep] {
        let probe = BucketProbe(administration.objects, prefix: wishes.probePrefix, name: probeName)
        var steps: [SetupStep] = []
        for finding in try await probe.run() {
            if let problem = finding.problem {
                steps.append(SetupStep("access: \(finding.step)", .fail, problem.message))
            } else if finding.isSkipped {
                steps.append(SetupStep("access: \(finding.step)", .skip, "Nothing was written."))
            }
        }
        guard steps.isEmpty else { return steps }
        return [SetupStep("access", .ok, "An object was listed, written, read back and deleted.")]
    }

    // MARK: What steps come to

    private func step(_ name: String, _ outcome: MergeOutcome, _ sentence: String) -> SetupStep {
        switch outcome {
        case .present(let id):
            SetupStep(name, .ok, sentence + (id.map { ": by \(ObjectKey($0).quoted)." } ?? "."))
        case .added, .updated:
            wishes.checksOnly
                ? SetupStep(name, .missing, "\(sentence): no rule says so.")
                : SetupStep(name, .done, "\(sentence) from now on.")
        }
    }

    private func step(
        _ name: String, isMinor: Bool = false, _ body: () async throws -> SetupStep
    ) async throws -> SetupStep {
        try Task.checkCancellation()
        do {
            return try await body()
        } catch let error as StoreError {
            try Task.checkCancellation()
            return Self.step(name, error, isMinor: isMinor)
        }
    }

    private static func step(_ name: String, _ error: StoreError, isMinor: Bool = false) -> SetupStep {
        if error.code == .notOffered { return SetupStep(name, .skip, "This server does not offer it.") }
        return SetupStep(name, isMinor ? .warn : .fail, error.message)
    }
}
