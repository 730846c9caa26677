/// A file of sections with settings, in the dialect of the AWS command line, that is none of that program's own.
package enum SettingsFile {
    /// The settings of each section, their names in lower case, in the order of the file. Throws `incomplete`, naming the line
    /// but not showing it, for one that is neither a section, a setting nor a comment.
    package static func sections(
        _ bytes: [UInt8], path: String
    ) throws(CredentialsError) -> [(name: String, settings: [String: String])] {
        try ProfileSyntax(bytes, path: path).sections
    }
}
