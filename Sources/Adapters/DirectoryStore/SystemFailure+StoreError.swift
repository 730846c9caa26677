internal import Core
import Glibc

extension SystemFailure {
    /// The failure in the terms of the port: a code that a caller can act on and one sentence that says how.
    func storeError(operation: String, bucket: String, key: ObjectKey?) -> StoreError {
        StoreError(storeCode, sentence(bucket: bucket, key: key), operation: operation, bucket: bucket, key: key)
    }

    private var storeCode: StoreError.Code {
        switch code {
        case EACCES, EPERM, EROFS, ELOOP, ENOTDIR: .accessDenied
        case EMFILE, ENFILE, ENOMEM, EAGAIN: .unavailable
        case ENAMETOOLONG, EILSEQ, EINVAL: .invalidKey
        default: .inputOutput
        }
    }

    private func sentence(bucket: String, key: ObjectKey?) -> String {
        let place = ObjectKey(path).quoted
        let attempt = "Could not \(action) \(place) (\(reason))"
        return switch code {
        case EACCES, EPERM: "\(attempt); give the user that s3cache runs as permission to read and write it."
        case EROFS: "\(attempt); mount the file system writable or choose another directory."
        case ELOOP, ENOTDIR:
            "\(attempt): a symbolic link or special file stands where a directory is needed; remove or rename it."
        case ENOSPC, EDQUOT: "\(attempt): the disk that holds \(ObjectKey(bucket).quoted) is full; free some space."
        case EMFILE, ENFILE: "\(attempt); raise the limit on open files (ulimit -n)."
        case EAGAIN: "\(attempt): other processes keep changing or locking the directory; try again later."
        case ENAMETOOLONG, EILSEQ, EINVAL:
            "\(attempt): its file system does not take this name; use another file system or another key."
        case EXDEV: "\(attempt): another file system is mounted there; unmount it, or make it a store of its own."
        default: "\(attempt); check the disk and the system's log."
        }
    }
}
