internal import CLibXML2

/// The C library that reads the server's documents.
public enum XMLLibrary {
    /// Its name and version, as it was built against.
    public static var version: String { "libxml2 " + LIBXML_DOTTED_VERSION }
}
