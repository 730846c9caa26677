/// The limits and times of a worker process. All memory that a worker uses is bounded by them.
package struct WorkerSettings: Hashable, Sendable {
    /// How many jobs run at once; 1 to 64, 4 by default.
    package var concurrency = 4
    /// Without a heartbeat for this long the worker counts as dead; 1 s to 1 h, 30 s by default. A heartbeat is sent six
    /// times in that span, twice where nothing runs.
    package var lease: Duration = .seconds(30)
    /// How long a write to a bucket may take, and one second more for each 256 KiB; 1 s to 1 h, 60 s by default. What a
    /// worker was writing when it died is written again after the lease and this time.
    package var writeTimeout: Duration = .seconds(60)
    /// How long an idle worker waits before it asks for work without having been woken; 10 s by default.
    package var pollInterval: Duration = .seconds(10)
    /// The same while notifications cannot be heard; 2 s by default.
    package var deafPollInterval: Duration = .seconds(2)
    /// How many bytes all jobs together may hold of what they upload, fetch and read; 32 MiB to 1 TiB, 256 MiB by default. What
    /// does not fit waits while smaller jobs go on.
    package var memoryBudget = 256 << 20
    /// How many smaller jobs may go before one that waits for memory; 32 by default.
    package var memoryPatience = 32
    /// How long after a job has ended the process gives freed memory back to the system; 2 s by default: while many jobs run, that
    /// is done for all of them together.
    package var givingBackDelay: Duration = .seconds(2)
    /// How many jobs at most are long ones, such as rebuilds; all but one by default, so that short ones need not wait.
    package var longJobs: Int { max(1, concurrency - 1) }
    /// How many jobs are claimed at once where more are queued for certain: a claim for several costs little more than one for one.
    package var claimedTogether: Int { max(1, concurrency / 2) }
    /// How long places that are free are kept so for that; 10 ms by default.
    package var gatherTime: Duration = .milliseconds(10)
    /// How long hints are collected before they are acted upon; 1 s by default.
    package var hintPause: Duration = .seconds(1)
    /// How often the worker says how many notifications it ignored; 1 min by default.
    package var hintReportInterval: Duration = .seconds(60)
    /// How long running jobs may go on after SIGTERM before they are stopped and handed back; 30 s by default.
    package var grace: Duration = .seconds(30)
    /// How many listed objects a rebuild compares at once; 1,000 to 1,000,000, 20,000 by default: about 10 MB.
    package var sliceSize = 20_000
    /// How many slices of one rebuild are compared and kept at once; 2 by default, each on a connection of its own.
    package var slicesAtOnce = 2
    /// How many pages of a bucket one rebuild asks for at once; 1 to 256, 64 by default. Fewer where the server asks for
    /// fewer requests.
    package var listConcurrency = 64
    /// How old the moment may be that a rebuild takes a page to be as of; 250 ms by default. What was written to the cache
    /// after that moment the rebuild leaves alone.
    package var fenceAge: Duration = .milliseconds(250)
    /// From how many listed objects on other workers are asked to help; 1 to 1,000,000,000, 50,000 by default.
    package var sharedFrom = 50_000
    /// How often workers that came since are asked to help; 10 s by default.
    package var inviteInterval: Duration = .seconds(10)
    /// How soon a worker that has listed all it was given asks for more again; 100 ms by default. It waits twice as long each time,
    /// until it is given some.
    package var askInterval: Duration = .milliseconds(100)
    /// The longest of these waits; 2 s by default.
    package var longestAskInterval: Duration = .seconds(2)
    /// How many rows a verify job takes at once; 1,000 by default.
    package var verifyBatch = 1_000
    /// How many HEAD requests of one verify job are in flight; 16 by default.
    package var verifyConcurrency = 16
    /// How many files of one archive job are uploaded at once; 16 by default.
    package var archiveConcurrency = 16
    /// How many rows an archive job asks the database for at once; 1,000 by default.
    package var archivePage = 1_000
    /// For how many bound rows a job enqueues fetches in one transaction; 200 by default.
    package var fetchPage = 200
    /// How long a job that was cancelled goes on trying to record what the bucket has done already; 10 s by default.
    package var settleTime: Duration = .seconds(10)
    /// Whether nothing is written to buckets, and jobs only say what they would have done; false by default.
    package var isDryRun = false
    /// How often the CDN is told of an object, where telling it fails; 3 times by default.
    package var purgeAttempts = 3
    /// How long the first pause in between is, each further one longer by as much; 1 s by default.
    package var purgePause: Duration = .seconds(1)
    /// How often a running job reports its progress; 1 s by default.
    package var progressInterval: Duration = .seconds(1)

    /// How long ended jobs are remembered; 1 h to 10 years, 30 days by default.
    package var historyKept: Duration = .seconds(30 * 86_400)
    /// How often older ones, deletions that nothing needs to know of any more, and URLs that failed long ago are forgotten; 1 h
    /// by default.
    package var pruneInterval: Duration = .seconds(3_600)
    /// How many ended jobs, deletions, or failed URLs are forgotten in one transaction; 1,000 by default.
    package var pruneBatch = 1_000
    /// How often it is looked for what rebuilds left that have ended; 1 min by default.
    package var listingPruneInterval: Duration = .seconds(60)
    /// How many rows of it are deleted in one transaction; 10,000 by default.
    package var listingPruneBatch = 10_000
    /// How often what reads fetched more than an hour ago is forgotten; 5 min by default.
    package var contentPruneInterval: Duration = .seconds(300)
    /// How much of it is forgotten in one transaction; 10 reads by default, each of 256 MB at most.
    package var contentPruneBatch = 10

    /// How often uploads in parts are aborted whose jobs have ended without them; 1 min by default.
    package var leftoverInterval: Duration = .seconds(60)
    /// How many of them at once; 100 by default.
    package var leftoverBatch = 100

    /// How long copies of objects are kept after their bucket took these; 1 min by default: pages may have the copies' URLs.
    package var copyKept: Duration = .seconds(60)
    /// How often it is looked for older ones; 30 s by default: one small query.
    package var copyInterval: Duration = .seconds(30)
    /// How many of them at once; 100 by default.
    package var copyBatch = 100

    /// How often it is looked whether signing keys are to be published, a fifth more or less; 20 s by default: one small
    /// query, and a renewed credential signs URLs that soon.
    package var publishInterval: Duration = .seconds(20)
    /// How often signing keys that are of no use any more are deleted; 1 min by default.
    package var signingKeyPruneInterval: Duration = .seconds(60)
    /// How often presigned URLs that have ended are forgotten; 5 min by default.
    package var presignedPruneInterval: Duration = .seconds(300)
    /// How many of them are forgotten in one transaction; 1,000 by default.
    package var presignedPruneBatch = 1_000

    /// The defaults.
    package init() {}

    /// How many more jobs may be claimed where so many run, some of which wait for memory or for
    /// their end to be written: these leave their places to others, but
    /// as many jobs again as may run are never claimed.
    func freePlaces(running: Int, waiting: Int) -> Int {
        max(0, min(concurrency - running + waiting, 2 * concurrency - running))
    }

    /// The waits of a worker that has just found nothing: short ones first, for what was committed just then.
    func pollDelay(afterEmptyClaims count: Int, isDeaf: Bool) -> Duration {
        let short: [Duration] = [.milliseconds(50), .milliseconds(200), .milliseconds(800)]
        let longest = isDeaf ? min(deafPollInterval, pollInterval) : pollInterval
        return count < short.count ? min(short[count], longest) : longest
    }

    /// The wait after so many questions in a row (1 is the first) that brought nothing more to list.
    func askDelay(afterQuestions count: Int) -> Duration {
        min(askInterval * (1 << min(max(count - 1, 0), 20)), longestAskInterval)
    }

    /// The longest wait after so many claims in a row (1 is the first) that failed: 1 s at first, so that what passes costs
    /// little, and twice as long each time, up to `pollInterval`.
    func failureDelay(afterFailures count: Int) -> Duration {
        min(.seconds(1) * (1 << min(max(count - 1, 0), 10)), pollInterval)
    }
}
