/// The file names that the directory store keeps for itself: all that begin with `.s3cache~`.
///
/// A name is a marker, which says what it stands for, and then bytes of a key. All markers are equally long.
enum ReservedName {
    /// Any name that begins so is the store's own.
    static let prefix = ".s3cache~"
    /// `.s3cache~f~` + component: a file whose component cannot be its own name, or whose name a directory has taken.
    static let file = ".s3cache~f~"
    /// `.s3cache~d~` + component: a directory whose component cannot be its own name.
    static let directory = ".s3cache~d~"
    /// `.s3cache~l~` + piece: a directory that holds the components too long for one name that begin with the piece.
    static let chunk = ".s3cache~l~"
    /// The directory below the root where files are written before they are renamed into place; never listed.
    static let temporary = ".s3cache~t~"
    /// Bytes of a marker.
    static let markerLength = 11
}
