/// List pages as servers write them: the corpus that is mutated.
enum Pages {
    static let corpus: [String] = [aws, awsTruncated, awsOwners, rgw, rgwEmpty, swift, indented, raw]

    static let aws = """
        <?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix></Prefix>\
        <KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>\
        <Contents><Key>a%2Bb+c/%E2%82%AC.jpg</Key><LastModified>2024-02-29T23:59:59.000Z</LastModified>\
        <ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm>\
        <ChecksumType>FULL_OBJECT</ChecksumType><Size>0</Size><StorageClass>STANDARD</StorageClass></Contents>\
        <Contents><Key>b</Key><LastModified>2009-10-12T17:50:30.123Z</LastModified><ETag>&quot;x-2&quot;</ETag>\
        <Size>5368709120000</Size><StorageClass>DEEP_ARCHIVE</StorageClass></Contents></ListBucketResult>
        """

    static let awsTruncated = """
        <?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix>1/</Prefix>\
        <StartAfter>1/a</StartAfter><NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken>\
        <KeyCount>1</KeyCount><MaxKeys>1</MaxKeys><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>\
        <Contents><Key>1/b%0A</Key><LastModified>2024-01-01T00:00:00.5Z</LastModified><ETag>"quoted"</ETag>\
        <Size>12</Size></Contents></ListBucketResult>
        """

    static let awsOwners = """
        <?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix/>\
        <MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated><Contents><Key>k</Key>\
        <LastModified>2024-01-01T00:00:00Z</LastModified><ETag>e</ETag><Size>9223372036854775807</Size>\
        <Owner><ID>75aa57f0</ID><DisplayName>Jane &amp; &#74;oe &lt;x&gt;</DisplayName></Owner>\
        <RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress></RestoreStatus>\
        <StorageClass>GLACIER</StorageClass></Contents>\
        <CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes></ListBucketResult>
        """

    static let rgw = """
        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\
        <Name>bucket</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys><IsTruncated>true</IsTruncated>\
        <EncodingType>url</EncodingType><Contents><Key>img/%F0%9F%98%80%20x</Key>\
        <LastModified>2026-11-21T09:12:12.123Z</LastModified><ETag>&quot;9e107d9d372bb6826bd81d3542a419d6&quot;</ETag>\
        <Size>43</Size><StorageClass>STANDARD</StorageClass><Owner><ID>test</ID><DisplayName>test</DisplayName></Owner>\
        <Type>Normal</Type></Contents><NextContinuationToken>img/😀 x</NextContinuationToken>\
        <KeyCount>1</KeyCount></ListBucketResult>
        """

    static let rgwEmpty = """
        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\
        <Name>bucket</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>
        """

    static let swift = """
        <?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix/><StartAfter/>\
        <KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>\
        <Contents><Key>x/y</Key><LastModified>2026-11-21T09:12:12.000Z</LastModified>\
        <ETag>"0cc175b9c0f1b6a831c399e269772661"</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass></Contents>\
        </ListBucketResult>
        """

    static let indented = """
        <?xml version="1.0"?>
        <ListBucketResult>
          <Name>bucket</Name>
          <IsTruncated>false</IsTruncated>
          <Contents>
            <Key>a&amp;b&#x3C;&#62;&apos;é</Key>
            <LastModified>2024-01-01T00:00:00.000001Z</LastModified>
            <Size>007</Size>
          </Contents>
        </ListBucketResult>

        """

    static let raw = """
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>false</IsTruncated><Contents>\
        <Key>100%+1</Key><LastModified>1969-12-31T23:59:59Z</LastModified><ETag></ETag><Size>1</Size><StorageClass/>\
        </Contents></ListBucketResult>
        """

    /// Pieces that mutations insert: what XML parsers are known to differ about.
    static let pieces: [String] = [
        "<", ">", "&", ";", "</", "/>", "]]>", "<!--", "-->", "<!-- c -->", "<![CDATA[", "<![CDATA[x]]>", "<?p i?>",
        "<!DOCTYPE a [<!ENTITY b \"c\">]>", "&b;", "&amp;", "&lt;", "&#0;", "&#10;", "&#13;", "&#xD800;", "&#x10FFFF;",
        "&#xFFFE;", "&#x1F600;", "&#9999999;", "&#x;", "&;", "&AMP;", "\r", "\r\n", "\t", "\u{0}", "\u{B}", "\u{7F}",
        "\u{85}", "\u{FEFF}", "\u{FFFE}", "\u{10FFFF}", "é", "%", "%0", "%zz", "%00", "%FF", "%C3%A9", "+",
        "<Key>k</Key>", "<Size>1</Size>", "<Size>9223372036854775808</Size>", "<Size>-1</Size>", "<x:Key>a</x:Key>",
        "<Contents>", "</Contents>", "<Contents/>", "<Owner><a><b><c><d><e/></d></c></b></a></Owner>",
        "<IsTruncated>true</IsTruncated>", "<EncodingType>url</EncodingType>", "<EncodingType/>", "<Key/>",
        "<Key a=\"b\">",
        " xmlns=\"x\"", " xmlns:x='y'", " a=\"<\"", "<a b='c'/>", "<a />", "<a\n>", "</a >", "<1/>", "<a.b/>", "<é/>",
        "<?xml version=\"1.0\"?>", "version=\"1.1\"", "encoding=\"ISO-8859-1\"", "encoding=\"UTF-16\"",
        "standalone=\"no\"",
        "true", "false", "T24:00:00Z", ".123456789Z", "+00:00", "-02-30T", " ", "\n", "",
    ]
}
