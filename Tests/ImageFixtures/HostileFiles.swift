/// Files that lie: about what they are, how large they are, or what else is in them.
public enum HostileFiles {
    /// All of them.
    public static let all: [HostileFile] = empty + cut + oversize + misnamed + polyglots + vectors + broken

    private static func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static let page = "<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"

    private static var empty: [HostileFile] {
        [
            HostileFile("no bytes", "a.jpg", [], "content_empty"),
            HostileFile("no bytes, declared", "a.png", [], "content_empty", declared: "image/png"),
        ]
    }

    /// One of each kind, cut off behind its first bytes. Those of 4 to 11 bytes are of no kind any more.
    private static var cut: [HostileFile] {
        [
            HostileFile("JPEG header alone", "a.jpg", [0xFF, 0xD8, 0xFF, 0xE0], "content_truncated"),
            HostileFile("JPEG without a scan", "a.jpg", Array(RasterImages.jpeg(9, 9).prefix(25)), "content_truncated"),
            HostileFile("PNG magic alone", "a.png", RasterImages.pngMagic, "content_truncated"),
            HostileFile("PNG without pixels", "a.png", Array(RasterImages.png(9, 9).prefix(33)), "content_truncated"),
            HostileFile("PNG cut in its pixels", "a.png", RasterImages.png(9, 9).dropLast(14), "content_truncated"),
            HostileFile("GIF screen alone", "a.gif", Array(RasterImages.gif(9, 9).prefix(13)), "content_truncated"),
            HostileFile("WebP cut", "a.webp", RasterImages.webp(9, 9).dropLast(2), "content_truncated"),
            HostileFile("AVIF cut", "a.avif", ContainerImages.image(9, 9).dropLast(2), "content_truncated"),
            HostileFile("TIFF cut", "a.tif", RasterImages.tiff(9, 9).dropLast(5), "content_truncated"),
            HostileFile("bitmap cut", "a.bmp", RasterImages.bmp(9, 9).dropLast(5), "content_truncated"),
            HostileFile(
                "icon cut", "a.ico", RasterImages.ico([(9, 9, RasterImages.masked(9, 9))]).dropLast(1),
                "content_truncated"),
        ]
    }

    private static var oversize: [HostileFile] {
        let side = 65_535
        let inner = RasterImages.png(side, side)
        return [
            HostileFile("PNG of 65,535 squared", "a.png", RasterImages.png(side, side), "too_many_pixels"),
            HostileFile(
                "PNG of 2^31 squared", "a.png", RasterImages.png(.init(Int32.max), .init(Int32.max)), "too_many_pixels"),
            HostileFile("JPEG of 65,535 squared", "a.jpg", RasterImages.jpeg(side, side), "too_many_pixels"),
            HostileFile("GIF of 65,535 squared", "a.gif", RasterImages.gif(side, side), "too_many_pixels"),
            HostileFile(
                "GIF picture beyond its screen", "a.gif", RasterImages.gif(1, 1, picture: (side, side, side, side)),
                "too_many_pixels"),
            HostileFile(
                "WebP of 2^24 squared", "a.webp", RasterImages.extendedWebP(1 << 24, 1 << 24), "too_many_pixels"),
            HostileFile(
                "AVIF of 2^32 squared", "a.avif", ContainerImages.image(.init(UInt32.max), .init(UInt32.max)),
                "too_many_pixels"),
            HostileFile(
                "AVIF with a large tile", "a.avif", ContainerImages.image(1, 1, other: (side, side)), "too_many_pixels"),
            HostileFile(
                "TIFF of 2^32 squared", "a.tiff", RasterImages.tiff(.init(UInt32.max), .init(UInt32.max)),
                "too_many_pixels"),
            HostileFile("icon with a large PNG", "a.ico", RasterImages.ico([(16, 16, inner)]), "too_many_pixels"),
            HostileFile(
                "icon with a large second PNG", "a.ico",
                RasterImages.ico([(16, 16, RasterImages.masked(16, 16)), (8, 8, inner)]), "too_many_pixels"),
            HostileFile(
                "bitmap of 2^31 rows", "a.bmp",
                Array(RasterImages.bmp(1, 1).prefix(18)) + Bytes().little(1 << 20, 4).little(1 << 30, 4).all
                    + Array(RasterImages.bmp(1, 1).dropFirst(26)), "too_many_pixels"),
        ]
    }

    private static var misnamed: [HostileFile] {
        let wrong = "content_extension_mismatch"
        let documents: [(String, [UInt8])] = [
            ("text", utf8("This is no image.\n")), ("a page", utf8(page)),
            ("a page behind space", utf8(" \n\t" + page)),
            ("a page behind a mark", [0xEF, 0xBB, 0xBF] + utf8(page)),
            ("a page behind a comment", utf8("<!-- x -->" + page)),
            ("a tag", utf8("<script>alert(1)</script>")),
            ("XHTML", utf8("<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"/>")),
            ("JSON", utf8("{\"a\": 1}")), ("XML", utf8("<?xml version=\"1.0\"?><a/>")), ("SVG", utf8(SVGImages.svg())),
            ("PDF", utf8("%PDF-1.7\n1 0 obj\n")), ("ZIP", Archives.zip()), ("gzip", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0]),
            ("RAR", Archives.rar), ("7z", Archives.sevenZip),
            ("tar", [UInt8](repeating: 0x61, count: 257) + utf8("ustar\0") + [UInt8](repeating: 0, count: 249)),
            ("a program for Linux", [0x7F] + utf8("ELF") + [2, 1, 1, 0]),
            ("a program for Windows", utf8("MZ") + [0x90, 0, 3, 0, 0, 0]),
            ("a shell script", utf8("#!/bin/sh\nrm -rf /\n")), ("PHP", utf8("<?php system($_GET['c']); ?>")),
            ("a video", ContainerImages.fileType("isom", ["mp42"])),
            ("WebM", [0x1A, 0x45, 0xDF, 0xA3, 0x9F, 0x42, 0x82, 0x84] + utf8("webm")),
        ]
        var files = documents.map { HostileFile("\($0.0) as .jpg", "a.jpg", $0.1, wrong) }
        files += documents.map {
            HostileFile("\($0.0) as image/png", "a", $0.1, "content_type_mismatch", declared: "image/png")
        }
        for one in ImageCorpus.rasters where one.bytes.count < 4_096 {
            let other = one.format == "png" ? "gif" : "png"
            files.append(HostileFile("\(one.name) as .\(other)", "a.\(other)", one.bytes, wrong))
        }
        let png = RasterImages.png(9, 9)
        files += ["php", "exe", "html", "svg", "phtml", "jsp", "sh", "json", "pdf", "swf"].map {
            HostileFile("PNG as .\($0)", "a.\($0)", png, wrong)
        }
        let otherTypes = ["image/jpeg", "text/html", "application/x-unheard-of", "image/svg+xml", "IMAGE/GIF; a=b"]
        files += otherTypes.map { type in
            HostileFile("PNG as \(type)", "a.png", png, "content_type_mismatch", declared: type)
        }
        let noTypes = [
            "", "image", "image/", "/png", "image/png/x", "image/png\r\nX: y", "image /png", "image/p\u{E9}ng",
        ]
        files += noTypes.map { type in
            HostileFile("PNG declared \(type.debugDescription)", "a.png", png, "content_type_malformed", declared: type)
        }
        files += [
            HostileFile("nothing known", "a.jpg", [1, 2, 3, 4, 0, 5, 6, 7, 8], "content_type_unknown"),
            HostileFile("zeroes", "a.png", [UInt8](repeating: 0, count: 4_096), "content_type_unknown"),
            HostileFile("PNG behind a byte", "a.png", [0] + png, "content_type_unknown"),
            HostileFile("SVG by its own name", "a.svg", utf8(SVGImages.svg()), "content_type_not_allowed"),
            HostileFile("a page by its own name", "a.html", utf8(page), "content_type_not_allowed"),
            HostileFile("PDF by its own name", "a.pdf", utf8("%PDF-1.7\n"), "content_type_not_allowed"),
            HostileFile("ZIP without a name", "a", Archives.zip(), "content_type_not_allowed"),
        ]
        return files
    }

    /// Images that are something else as well.
    private static var polyglots: [HostileFile] {
        let png = RasterImages.png(9, 9)
        let jpeg = RasterImages.jpeg(9, 9)
        let gif = RasterImages.gif(9, 9)
        let script = "*/=1;alert(document.domain);/*"
        var files: [HostileFile] = []
        for (name, key, bytes) in [("PNG", "a.png", png), ("JPEG", "a.jpg", jpeg), ("GIF", "a.gif", gif)] {
            files += [
                HostileFile("\(name) with ZIP", key, bytes + Archives.zip(offset: bytes.count), "content_hidden"),
                HostileFile("\(name) with ZIP at offset 0", key, bytes + Archives.zip(), "content_hidden"),
                HostileFile(
                    "\(name) with commented ZIP", key, bytes + Archives.zip(comment: "hello") + [0], "content_hidden"),
                HostileFile("\(name) with RAR", key, bytes + Archives.rar, "content_hidden"),
                HostileFile("\(name) with 7z", key, bytes + Archives.sevenZip, "content_hidden"),
                HostileFile("\(name) with a page", key, bytes + utf8(page), "content_hidden"),
                HostileFile("\(name) with PHP", key, bytes + utf8("<?php phpinfo();"), "content_hidden"),
                HostileFile("\(name) with PDF", key, bytes + utf8("%PDF-1.4\n"), "content_hidden"),
                HostileFile(
                    "\(name) with a page far behind", key,
                    bytes + [UInt8](repeating: 0, count: 200_003) + utf8(page) + [UInt8](repeating: 0, count: 200_000),
                    "content_hidden"),
            ]
        }
        files += [
            HostileFile(
                "GIF with a page in a comment", "a.gif",
                RasterImages.gif(9, 9, extensions: [RasterImages.comment("<SCRIPT src=x>")]), "content_hidden"),
            HostileFile(
                "GIF that is JavaScript", "a.gif",
                RasterImages.gif(0x2A2F, 1, picture: (0, 0, 1, 1), extensions: [RasterImages.comment(script)]),
                "content_hidden"),
            HostileFile(
                "JPEG that is JavaScript", "a.jpg",
                RasterImages.jpeg(
                    9, 9,
                    segments: [
                        RasterImages.segment(0xE0, [UInt8](repeating: 0, count: 0x2F2A - 2)),
                        RasterImages.segment(0xFE, utf8(script)),
                    ]), "content_hidden"),
            HostileFile(
                "JPEG with PHP in a comment", "a.jpg",
                RasterImages.jpeg(9, 9, segments: [RasterImages.segment(0xFE, utf8("<?php system('id'); ?>"))]),
                "content_hidden"),
            HostileFile(
                "PNG with a page in a text", "a.png",
                RasterImages.png(9, 9, before: [RasterImages.chunk("tEXt", utf8("Comment\0<html><body>"))]),
                "content_hidden"),
            HostileFile("GIF magic before a page", "a.gif", utf8("GIF89a" + page), "content_malformed"),
            HostileFile(
                "GIF magic before JavaScript", "a.gif", utf8("GIF89a=1;alert(1)//          "), "content_malformed"),
            HostileFile("bitmap magic before a page", "a.bmp", utf8("BM" + page), "content_extension_mismatch"),
        ]
        return files
    }

    private static var vectors: [HostileFile] {
        var files = SVGImages.active.map {
            HostileFile(
                "SVG with \($0.name)", "a.svg", utf8(SVGImages.svg(content: $0.content)), "content_active",
                needsSVG: true)
        }
        let entities = "<!DOCTYPE svg [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;\">]>"
        files += [
            HostileFile(
                "SVG with entities", "a.svg", utf8(entities + SVGImages.svg(content: "<text>&b;</text>")),
                "content_active", needsSVG: true),
            HostileFile(
                "SVG with a handler at its root", "a.svg", utf8(SVGImages.svg("onload=\"alert(1)\"")), "content_active",
                needsSVG: true),
            HostileFile(
                "SVG in UTF-16 with a script", "a.svg",
                [0xFE, 0xFF] + SVGImages.svg(content: "<script/>").utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] },
                "content_active", needsSVG: true),
            HostileFile("SVG cut off", "a.svg", utf8(SVGImages.svg()).dropLast(4), "content_malformed", needsSVG: true),
            HostileFile("SVG that is not closed", "a.svg", utf8("<svg><g></svg>"), "content_malformed", needsSVG: true),
            HostileFile(
                "SVG with an unknown entity", "a.svg", utf8(SVGImages.svg(content: "<text>&nbsp;</text>")),
                "content_malformed", needsSVG: true),
            HostileFile(
                "SVG in an unknown encoding", "a.svg",
                utf8("<?xml version=\"1.0\" encoding=\"UTF-7\"?>" + SVGImages.svg()), "content_unsupported",
                needsSVG: true),
            HostileFile(
                "SVG of no size", "a.svg", utf8(SVGImages.svg("width=\"0\" height=\"10\"")), "content_malformed",
                needsSVG: true),
            HostileFile(
                "SVG of a huge size", "a.svg", utf8(SVGImages.svg("width=\"1e9\" height=\"1e9\"")), "too_many_pixels",
                needsSVG: true),
            HostileFile(
                "deep SVG", "a.svg", utf8(SVGImages.svg(content: String(repeating: "<g>", count: 10_000))),
                "content_malformed", needsSVG: true),
        ]
        return files
    }

    private static var broken: [HostileFile] {
        let png = RasterImages.png(9, 9)
        let spread = RasterImages.segment(0xE1, [UInt8](repeating: 0, count: 8_000))
        return [
            HostileFile("PNG of no width", "a.png", RasterImages.png(0, 9), "content_malformed"),
            HostileFile("JPEG of no height", "a.jpg", RasterImages.jpeg(9, 0), "content_malformed"),
            HostileFile("GIF of no width", "a.gif", RasterImages.gif(0, 9, picture: (0, 0, 0, 9)), "content_malformed"),
            HostileFile(
                "PNG with a false checksum", "a.png", png.replacing(at: 30, by: png[30] ^ 1), "content_malformed"),
            HostileFile("PNG of 3-bit pixels", "a.png", RasterImages.png(9, 9, depth: 3), "content_malformed"),
            HostileFile(
                "PNG without a header", "a.png", RasterImages.pngMagic + RasterImages.chunk("IDAT", [1, 2, 3]),
                "content_malformed"),
            HostileFile(
                "JPEG with two frames", "a.jpg",
                RasterImages.jpeg(
                    9, 9, segments: [Array(RasterImages.jpeg(9_000, 9, segments: []).dropFirst(2).prefix(19))]),
                "content_malformed"),
            HostileFile(
                "JPEG without a frame", "a.jpg", [0xFF, 0xD8] + RasterImages.segment(0xDA, [1, 1, 0, 0, 0x3F, 0]),
                "content_malformed"),
            HostileFile(
                "JPEG with too wide a header", "a.jpg",
                RasterImages.jpeg(9, 9, segments: [[UInt8]](repeating: spread, count: 3_000)), "content_unsupported"),
            HostileFile(
                "WebP with another canvas", "a.webp", RasterImages.extendedWebP(9, 9, picture: (9_000, 9_000)),
                "content_malformed"),
            HostileFile(
                "GIF without a picture", "a.gif", Array(RasterImages.gif(9, 9).prefix(19)) + utf8(";"),
                "content_malformed"),
            HostileFile("icon of nothing", "a.ico", [0, 0, 1, 0, 0, 0], "content_type_unknown"),
            HostileFile(
                "bitmap with an odd header", "a.bmp", RasterImages.bmp(9, 9, header: 66), "content_unsupported"),
        ]
    }
}

extension [UInt8] {
    /// With another byte at an index.
    fileprivate func replacing(at index: Int, by byte: UInt8) -> [UInt8] {
        var bytes = self
        bytes[index] = byte
        return bytes
    }
}

extension SVGImages {
    /// A document of a common size with content.
    fileprivate static func svg(content: String) -> String { svg("width=\"40\" height=\"30\"", content) }
}
