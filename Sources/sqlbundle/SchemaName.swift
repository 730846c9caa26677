/// The name of the schema that the facade is made in.
struct SchemaName {
    /// As it stands in SQL: quoted where PostgreSQL's `quote_ident` would quote it.
    let quoted: String

    /// Throws `BundleError` for a name that `CREATE EXTENSION` would refuse as well.
    init(_ name: String) throws(BundleError) {
        guard !name.isEmpty, name.utf8.count < 64, !name.contains(where: { "\"'$\\".contains($0) }) else {
            throw BundleError("--schema \(name): a schema name has 1 to 63 bytes and none of \" ' $ \\")
        }
        quoted = Self.isPlain(name) ? name : "\"\(name)\""
    }

    private static func isPlain(_ name: String) -> Bool {
        let startsPlain = name.utf8.first.map { !(0x30...0x39).contains($0) } ?? false
        let isPlain = name.utf8.allSatisfy { byte in
            (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
        }
        return startsPlain && isPlain && !keywords.contains(name)
    }

    /// The words of PostgreSQL's grammar that cannot name a schema bare (every category but "unreserved", 14 to 18).
    private static let keywords = Set(
        """
        all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case \
        cast char character check coalesce collate collation column concurrently constraint create cross \
        current_catalog current_date current_role current_schema current_time current_timestamp current_user dec \
        decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign \
        freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect \
        interval into is isnull join json json_array json_arrayagg json_exists json_object json_objectagg json_query \
        json_scalar json_serialize json_table json_value lateral leading least left like limit localtime \
        localtimestamp merge_action national natural nchar none normalize not notnull null nullif numeric offset on \
        only or order out outer overlaps overlay placing position precision primary real references returning right \
        row select session_user setof similar smallint some substring symmetric system_user table tablesample then \
        time timestamp to trailing treat trim true union unique user using values varchar variadic verbose when where \
        window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot \
        xmlserialize xmltable
        """.split(separator: " ").map(String.init))
}
