/// What bytes are, as far as they tell. The raw value is the name that the setting `allowed_types` takes.
public enum FileFormat: String, CaseIterable, Hashable, Sendable {
    /// ITU-T T.81, whatever the application segments in it (JFIF, Exif, MPF).
    case jpeg
    /// Also animated ones.
    case png
    /// Versions 87a and 89a.
    case gif
    /// Lossy, lossless, extended.
    case webp
    /// AV1 in a HEIF container, sequences included.
    case avif
    /// HEVC in a HEIF container, and containers that do not say what is in them.
    case heic
    /// Also BigTIFF.
    case tiff
    /// Windows and OS/2 bitmaps.
    case bmp
    /// Icons and cursors of Windows.
    case ico
    /// A vector image, which can hold scripts.
    case svg
    /// JPEG XL.
    case jpegXL = "jxl"
    /// JPEG 2000.
    case jpeg2000 = "jp2"
    /// Adobe Photoshop.
    case photoshop = "psd"
    /// Portable Document Format.
    case pdf
    /// A web page, which can hold scripts.
    case html
    /// XML that is neither SVG nor XHTML.
    case xml
    /// A JSON array or object, by its beginning.
    case json
    /// Text of no form that its beginning shows.
    case text
    /// Text that was declared to be comma-separated values.
    case csv
    /// Text that was declared to be Markdown.
    case markdown
    /// Text that was declared to be a style sheet.
    case css
    /// Text that was declared to be JavaScript.
    case javascript
    /// MPEG-4, with the brands of its family.
    case mp4
    /// QuickTime.
    case mov
    /// Matroska of the kind that browsers play.
    case webm
    /// Matroska.
    case matroska = "mkv"
    /// MPEG program and transport streams.
    case mpeg
    /// Audio Video Interleave.
    case avi
    /// MPEG audio.
    case mp3
    /// Waveform audio.
    case wav
    /// Ogg, whatever is in it.
    case ogg
    /// Free Lossless Audio Codec.
    case flac
    /// MPEG-4 with sound alone.
    case m4a
    /// A web font.
    case woff
    /// A web font.
    case woff2
    /// ZIP, and the document formats that are ZIP archives.
    case zip
    /// Compressed data.
    case gzip
    /// Compressed data.
    case bzip2
    /// Compressed data.
    case xz
    /// Compressed data.
    case zstd
    /// A RAR archive.
    case rar
    /// A 7z archive.
    case sevenZip = "7z"
    /// A tape archive.
    case tar
    /// A program for Linux, Windows or macOS, or byte code.
    case executable
    /// Text that a shell or a server would run: `#!`, `<?php`.
    case script
    /// No bytes at all.
    case empty
    /// None of these.
    case other

    /// The images that are pixels: what caches take unless they are configured otherwise.
    public static let rasterImages: Set<FileFormat> = [.jpeg, .png, .gif, .webp, .avif, .heic, .bmp, .ico, .tiff]

    /// Whether it is an image made of pixels, whose size its header tells.
    public var isRasterImage: Bool { Self.rasterImages.contains(self) }

    /// Whether browsers run what it holds.
    public var isActive: Bool { self == .svg || self == .html }
}
