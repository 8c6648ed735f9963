"""What a book says of itself: title, language, tags, and the standard that it keeps."""

from xml.sax.saxutils import escape

from pikepdf import Dictionary, Name, Stream, String

from packets.binding.pages import Book
from packets.layout import Layout

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
{standard}<pdf:Producer>{producer}</pdf:Producer>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
{creator}</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
CREATOR = "<dc:creator><rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq></dc:creator>\n"
FOR_ALL = "<pdfuaid:part>1</pdfuaid:part>\n"
LASTING = "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>{}</pdfaid:conformance>\n"


def describe(book: Book, title: str, layout: Layout) -> None:
    """Without any date, as the same book is to be the same file."""
    root = book.pdf.Root
    first = book.sections[0]
    root.Lang = String("ja")
    if Name.StructTreeRoot in root:
        root.MarkInfo = Dictionary(Marked=True)
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    about = {"Title": title, "Producer": first.info.get("/Producer", "")}
    if author := first.info.get("/Author", ""):
        about["Author"] = author
    book.pdf.trailer.Info = book.pdf.make_indirect(
        Dictionary({f"/{name}": String(words) for name, words in about.items()})
    )
    standard = LASTING.format("B" if layout.two_up else "A") if layout.lasting else FOR_ALL
    _write_xmp(book, about, "" if layout.two_up and not layout.lasting else standard)
    if (intents := first.root.get(Name.OutputIntents)) is not None:
        root.OutputIntents = intents


def _write_xmp(book: Book, about: dict[str, str], standard: str) -> None:
    author = about.get("Author")
    words = XMP.format(
        standard=standard,
        producer=escape(about["Producer"]),
        title=escape(about["Title"]),
        creator=CREATOR.format(escape(author)) if author else "",
    )
    stream = Stream(book.pdf, words.encode())
    stream.Type = Name.Metadata
    stream.Subtype = Name.XML
    book.pdf.Root.Metadata = book.pdf.make_indirect(stream)
