/// SVG documents.
public enum SVGImages {
    /// A document with attributes of its root and content.
    public static func svg(
        _ attributes: String = "width=\"40\" height=\"30\"", _ content: String = "<path d=\"M0 0\"/>"
    ) -> String {
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \(attributes)>\(content)</svg>"
    }

    /// Content that makes a document more than a picture, by what it does.
    public static let active: [(name: String, content: String)] = [
        ("a script", "<script>alert(1)</script>"),
        ("a script by address", "<script href=\"https://example.com/a.js\"/>"),
        ("a script with a prefix", "<s:script xmlns:s=\"http://www.w3.org/2000/svg\">alert(1)</s:script>"),
        ("a script in CDATA", "<script><![CDATA[alert(1)]]></script>"), ("a script in capitals", "<SCRIPT>1</SCRIPT>"),
        ("a handler", "<path onclick=\"alert(1)\"/>"), ("a handler in capitals", "<path OnLoad=\"alert(1)\"/>"),
        ("foreign content", "<foreignObject><p/></foreignObject>"),
        ("a web page's element", "<h:p xmlns:h=\"http://www.w3.org/1999/xhtml\"/>"),
        ("a frame", "<iframe src=\"https://example.com/\"/>"),
        ("a link", "<a xlink:href=\"https://example.com/\"><path/></a>"),
        ("a link that runs", "<a href=\"javascript:alert(1)\"><path/></a>"),
        ("a link that runs, hidden", "<a href=\"&#x6A;ava&#10;script:alert(1)\"><path/></a>"),
        ("a link behind space", "<a href=\" javascript:alert(1)\"><path/></a>"),
        ("an image from elsewhere", "<image xlink:href=\"http://example.com/a.png\"/>"),
        ("an image from the same place", "<image href=\"other.png\"/>"),
        ("an image of SVG", "<image href=\"data:image/svg+xml;base64,PHN2Zy8+\"/>"),
        ("a page in an address", "<a href=\"data:text/html,&lt;script>1&lt;/script>\"/>"),
        ("a part of another file", "<use href=\"other.svg#a\"/>"),
        ("another prefix", "<image x:href=\"http://example.com/\" xmlns:x=\"http://www.w3.org/1999/xlink\"/>"),
        ("a filter image", "<filter><feImage href=\"//example.com/a\"/></filter>"),
        ("an animated link", "<a><set attributeName=\"href\" to=\"javascript:alert(1)\"/></a>"),
        ("an animated link with a prefix", "<a><animate attributeName=\"xlink:href\" values=\"javascript:1\"/></a>"),
        ("an animated handler", "<set attributeName=\"onclick\" to=\"alert(1)\"/>"),
        ("a style from elsewhere", "<style>@import url(https://example.com/a.css);</style>"),
        ("an import by name", "<style>@import 'a.css';</style>"),
        ("an escaped import", "<style>@\\69mport 'a.css';</style>"),
        ("a picture in a style", "<style>path { fill: url(https://example.com/a.png) }</style>"),
        ("an escaped address", "<style>path { fill: \\75rl(https://example.com/) }</style>"),
        ("a style split by CDATA", "<style>@imp<![CDATA[ort 'a.css']]></style>"),
        ("a style attribute", "<path style=\"fill: URL('https://example.com/a.png')\"/>"),
        ("a presentation attribute", "<path fill=\"url(&quot;other.svg#a&quot;)\"/>"),
        ("an animated style", "<set attributeName=\"fill\" to=\"url(http://example.com/)\"/>"),
        ("a base", "<g xml:base=\"https://example.com/\"><use href=\"#a\"/></g>"),
        ("a style sheet's instruction", "<?xml-stylesheet href=\"https://example.com/a.css\"?>"),
        ("a listener", "<ev:listener xmlns:ev=\"http://www.w3.org/2001/xml-events\" event=\"click\"/>"),
        ("a binding", "<style>* { -moz-binding: none }</style>"),
    ]

    /// Content that pictures have.
    public static let harmless: [String] = [
        "<use xlink:href=\"#a\"/>", "<use href=\"#a\"/>", "<path fill=\"url(#a)\" style=\"stroke:url('#b')\"/>",
        "<image href=\"data:image/png;base64,iVBORw0KGgo=\"/>", "<style>.a { fill: #fff } /* comment */</style>",
        "<style><![CDATA[ .a > .b { fill: url(#c) } ]]></style>", "<text>on &amp; off &#8364; &lt;script></text>",
        "<metadata><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">"
            + "<dc:source>https://example.com/</dc:source></rdf:RDF></metadata>",
        "<!-- <script> --><g><g/></g>", "<animate attributeName=\"opacity\" values=\"0;1\"/>",
        "<a href=\"#b\"><path/></a>",
    ]
}
