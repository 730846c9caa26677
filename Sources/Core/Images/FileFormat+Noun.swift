extension FileFormat {
    /// What messages call it, with its article.
    var noun: String { Self.nouns[self] ?? "a file of the type \(rawValue)" }

    private static let nouns: [FileFormat: String] = [
        .jpeg: "a JPEG image", .png: "a PNG image", .gif: "a GIF image", .webp: "a WebP image", .avif: "an AVIF image",
        .heic: "a HEIC image", .tiff: "a TIFF image", .bmp: "a BMP image", .ico: "an ICO image", .svg: "an SVG image",
        .jpegXL: "a JPEG XL image", .jpeg2000: "a JPEG 2000 image", .photoshop: "a Photoshop image",
        .pdf: "a PDF document", .html: "a web page", .xml: "an XML document", .json: "JSON", .text: "text",
        .csv: "a CSV table", .markdown: "a Markdown text", .css: "a style sheet", .javascript: "JavaScript",
        .mp4: "an MPEG-4 video", .mov: "a QuickTime video", .webm: "a WebM video", .matroska: "a Matroska video",
        .mpeg: "an MPEG video", .avi: "an AVI video", .mp3: "an MP3 sound", .wav: "a WAV sound", .ogg: "an Ogg file",
        .flac: "a FLAC sound", .m4a: "an MPEG-4 sound", .woff: "a WOFF font", .woff2: "a WOFF2 font",
        .zip: "a ZIP archive", .gzip: "a gzip file", .bzip2: "a bzip2 file", .xz: "an xz file",
        .zstd: "a Zstandard file", .rar: "a RAR archive", .sevenZip: "a 7z archive", .tar: "a tar archive",
        .executable: "a program", .script: "a script", .empty: "nothing", .other: "a file of unknown type",
    ]
}
