import Core
import Testing

@Suite struct InventoryRowParserTests {
    private func object(
        _ key: String, size: Int64 = 1, etag: String = "e", time: Int64 = 5, storageClass: String? = "STANDARD"
    ) -> ObjectSummary {
        ObjectSummary(
            key: ObjectKey(key), size: size, etag: etag, lastModified: Timestamp(microseconds: time),
            storageClass: storageClass)
    }

    @Test func quotedAndPlainFieldsAndBothLineEndsAreRows() throws {
        let text = #"""
            "b","a.jpg","10","5","e1","STANDARD"
            b,b.jpg,0,-5,e2,\#r
            "b",c.jpg,"9",6,"""x""",GLACIER
            """#
        let result = try InventoryRows.parse(text)
        #expect(
            result.objects == [
                object("a.jpg", size: 10, etag: "e1"),
                object("b.jpg", size: 0, etag: "e2", time: -5, storageClass: nil),
                object("c.jpg", size: 9, etag: "\"x\"", time: 6, storageClass: "GLACIER"),
            ])
        #expect(result.counters.rows == 3 && result.counters.objects == 3)
        #expect(try InventoryRows.parse(text + "\n").objects == result.objects)
        #expect(try InventoryRows.parse("").objects.isEmpty)
    }

    @Test(arguments: [
        ("a+b", "a b"), ("a%2Bb", "a+b"), ("%61%2fb/c", "a/b/c"), ("%C3%A9", "é"), ("e%CC%81", "e\u{301}"), ("ä", "ä"),
        ("%22q%22%2C%0A", "\"q\",\n"), ("%F0%9F%98%80", "😀"), ("100%25", "100%"),
    ])
    func keysAreDecodedAsFormValues(written: String, key: String) throws {
        #expect(try InventoryRows.parse("\"b\",\"\(written)\",1,5,e,STANDARD\n").objects.map(\.key) == [ObjectKey(key)])
    }

    @Test func onlyLatestVersionsThatAreNoDeleteMarkersAreObjects() throws {
        let schema = "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag, StorageClass"
        let result = try InventoryRows.parse(
            """
            "b","a","v2","true","false","2","5","e","STANDARD"
            "b","a","v1","false","false","1","5","e","STANDARD"
            "b","gone","v3","True","TRUE","","5","",""
            "b","gone","v2","False","False","1","5","e","STANDARD"
            "b","gone","v1","false","true","","5","",""

            """, schema: schema)
        #expect(result.objects == [object("a", size: 2)])
        #expect(result.counters.rows == 5 && result.counters.objects == 1)
        #expect(result.counters.olderVersions == 3 && result.counters.deleteMarkers == 1)
        #expect(throws: InventoryError.self) {
            try InventoryRows.parse(#""b","a","v2","maybe","false","2","5","e","STANDARD""#, schema: schema)
        }
    }

    @Test(arguments: [
        (#""other","k","1","5","e","S""#, "another bucket"), (#""b","","1","5","e","S""#, "0 bytes"),
        (#""b","%zz","1","5","e","S""#, "URL encoding"), (#""b","a%2","1","5","e","S""#, "URL encoding"),
        (#""b","a%","1","5","e","S""#, "URL encoding"), (#""b","%C3","1","5","e","S""#, "URL encoding"),
        (#""b","%ED%A0%80","1","5","e","S""#, "URL encoding"), (#""b","a%00","1","5","e","S""#, "NUL"),
        (#""b","\#(String(repeating: "k", count: 1_025))","1","5","e","S""#, "1025 bytes"),
        (#""b","k","-1","5","e","S""#, "Size"), (#""b","k","","5","e","S""#, "Size"),
        (#""b","k","1.5","5","e","S""#, "Size"),
        (#""b","k","9223372036854775808","5","e","S""#, "Size"), (#""b","k","1","noon","e","S""#, "LastModifiedDate"),
        (#""b","k","1","","e","S""#, "LastModifiedDate"), (#""b","k","1","5","e""#, "6 fields"),
        (#""b","k","1","5","e","S","x""#, "6 fields"), ("\n", "6 fields"),
        (#""b","k","1","5","e","S"x"#, "closing quote"),
        (#"b,k"x,1,5,e,S"#, "quote stands within"), (#""b","k","1","5","e","S"#, "ends within"),
        ("b,k,1,5,e,S\rb", "carriage return"),
        (#""b","\#(String(repeating: "k", count: 65_537))","1","5","e","S""#, "longer than"),
    ])
    func badRowIsRefusedNamingFileAndRow(row: String, words: String) {
        let good = #""b","first","1","5","e","STANDARD""# + "\n"
        let error = #expect(throws: InventoryError.self) { try InventoryRows.parse(good + good + row) }
        #expect(error?.code == .malformed && error?.location == InventoryRows.location)
        #expect(error?.message.contains("Row 3 of the inventory file \"b/daily/data/1.csv.gz\"") == true, "\(error)")
        #expect(error?.message.contains(words) == true, "\(error)")
    }

    @Test func bytesThatAreNoTextAreRefused() {
        for field in [[0xFF], [0x00], [0xC3]] as [[UInt8]] {
            let row = Array(#""b","k","1","5",""#.utf8) + field + Array(#"","S""#.utf8)
            #expect(throws: InventoryError.self) { try InventoryRows.parse([row]) }
        }
    }
}
