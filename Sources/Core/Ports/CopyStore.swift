/// What is known of copies of objects that their bucket has not taken yet. Implementation: PostgreSQL.
///
/// Calls that take a `Job` throw `ClaimLost` if its claim does not hold; then nothing was written.
public protocol CopyStore: Sendable {
    /// The path at which a copy for an upload is to be written: `place`, or what an attempt before chose. Nil where none is to be:
    /// one is kept already or, where `onlyNew`, an object of that name may be there, and stays.
    func plan(_ place: String, onlyNew: Bool, for job: Job) async throws -> String?

    /// The copy is written: its object's row is served from `url` until the bucket has taken the object. False where another
    /// session holds the row for longer than a job may make others wait: nothing was written, try again.
    func keep(_ copy: UploadedObject, url: String, for job: Job) async throws -> Bool

    /// Where a read may find its object.
    func places(for job: Job) async throws -> ReadPlaces

    /// Copies whose uploads ended so long ago, at most `limit`, in the order of the jobs' ids, from behind that id on.
    func ended(for age: Duration, after jobID: Int64, limit: Int) async throws -> [EndedCopy]

    /// Forgets one that is deleted.
    func forget(_ copy: EndedCopy) async throws
}
