/// Constants of PostgreSQL's binary COPY format (the manual's page of COPY, "Binary Format").
enum BinaryCopyFormat {
    /// `PGCOPY\n\377\r\n\0`
    static let signature: [UInt8] = [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00]
    /// Signature, flags and the length of the header's extension.
    static let headerSize = 19
    /// Flags that a reader must understand or refuse.
    static let criticalFlags: UInt32 = 0xFFFF_0000
    /// Stands where the next row would have its number of columns.
    static let trailer: Int16 = -1
    /// Stands for the length of a field that is null.
    static let nullLength: Int32 = -1
    /// PostgreSQL refuses larger values.
    static let longestField = 0x3FFF_FFFF
    /// Microseconds from the Unix epoch to PostgreSQL's, 2000-01-01.
    static let epochOffset: Int64 = 946_684_800_000_000
}
