"""What a book says of itself: title, language, tags, and the standard that it keeps."""

from xml.sax.saxutils import escape

from pikepdf import Name

from packets.binding.pages import Book, Section
from packets.binding.writing import dictionary, ref, text
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


class Marks:
    """Without any date, as the same book is to be the same file. Who made it, with what, and which
    colours it means is what the first leaf says.
    """

    def __init__(self, book: Book, title: str) -> None:
        self._book = book
        self._about = {"Title": title, "Producer": ""}
        self._is_first = True
        self.info = book.writer.number()

    def take(self, section: Section) -> None:
        if not self._is_first:
            return
        self._is_first = False
        info = section.transfer.source.docinfo
        self._about["Producer"] = str(info.get("/Producer", ""))
        if author := str(info.get("/Author", "")):
            self._about["Author"] = author
        if (intents := section.root.get(Name.OutputIntents)) is not None:
            self._book.root["OutputIntents"] = ref(section.transfer.number(intents))

    def close(self) -> None:
        writer, root = self._book.writer, self._book.root
        about = {name: text(words) for name, words in self._about.items()}
        writer.write(self.info, dictionary(about))
        root["Lang"] = text("ja")
        root["ViewerPreferences"] = b"<< /DisplayDocTitle true >>"
        metadata = writer.number()
        kind = b"<< /Type /Metadata /Subtype /XML >>"
        writer.write_stream(metadata, kind, self._xmp().encode())
        root["Metadata"] = ref(metadata)

    def _xmp(self) -> str:
        author = self._about.get("Author")
        return XMP.format(
            standard=_standard(self._book.layout),
            producer=escape(self._about["Producer"]),
            title=escape(self._about["Title"]),
            creator=CREATOR.format(escape(author)) if author else "",
        )


def _standard(layout: Layout) -> str:
    """Sheets with two pages have no tags."""
    if layout.lasting:
        return LASTING.format("B" if layout.two_up else "A")
    return "" if layout.two_up else FOR_ALL
