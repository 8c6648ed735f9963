"""Binding: one tree of tags over the trees of the parts, and what a book says of itself."""

from collections import Counter
from io import BytesIO
from pathlib import Path

import pikepdf
from fontTools.ttLib import TTFont
from pdfua import Severity, validate
from pypdf import PdfReader

from packets.binding import Leaf
from packets.binding.pages import is_blank
from packets.layout import Layout
from tests.packets.binding.parts import Whole, bound, elements, leaves_in


def _findings(path: Path) -> Counter:
    report = validate(str(path))
    return Counter((one.rule_id, one.severity) for one in report.findings)


def test_checker_finds_no_error_and_nothing_that_it_does_not_find_in_the_parts(
    leaves: list[Leaf], book: Whole, tmp_path: Path
) -> None:
    whole = tmp_path / "book.pdf"
    whole.write_bytes(book.pdf)
    found = _findings(whole)

    assert not [rule for rule, severity in found if severity == Severity.ERROR]
    assert found == sum((_findings(leaf.path) for leaf in leaves), Counter())


def test_tree_is_one_document_with_a_part_for_each_leaf(pdf: pikepdf.Pdf) -> None:
    (document,) = pdf.Root.StructTreeRoot.K

    assert document.S == "/Document"
    assert [(str(part.S), str(part.T)) for part in document.K] == [
        ("/Part", "目次"),
        ("/Part", "総務部"),
        ("/Part", "福祉部"),
    ]
    assert all(part.P.objgen == document.objgen for part in document.K)
    assert document.P.objgen == pdf.Root.StructTreeRoot.objgen


def _owners(pdf: pikepdf.Pdf) -> dict[int, pikepdf.Object]:
    numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    keys = [int(key) for key in numbers[::2]]
    assert keys == sorted(set(keys))
    assert pdf.Root.StructTreeRoot.ParentTreeNextKey == keys[-1] + 1
    return dict(zip(keys, numbers[1::2], strict=True))


def test_pages_find_their_own_elements_by_number(pdf: pikepdf.Pdf) -> None:
    owners = _owners(pdf)
    tagged = [page.obj for page in pdf.pages if "/StructParents" in page.obj]

    assert len(tagged) == 8
    for page in tagged:
        own = owners[int(page.StructParents)]
        assert {element.Pg.objgen for element in own} <= {page.objgen}
        for mark, element in enumerate(own):
            assert mark in [kid for kid in element.K if isinstance(kid, int)]


def test_links_find_their_own_elements_by_number(pdf: pikepdf.Pdf) -> None:
    owners = _owners(pdf)
    links = [link for page in pdf.pages for link in page.obj.get("/Annots", ())]

    assert len(links) == 9
    for link in links:
        element = owners[int(link.StructParent)]
        references = [kid for kid in element.K if isinstance(kid, pikepdf.Dictionary)]
        assert element.S == "/Link"
        assert [one.Obj.objgen for one in references if one.Type == "/OBJR"] == [link.objgen]


def test_every_element_speaks_of_a_page_of_the_book(pdf: pikepdf.Pdf) -> None:
    written = {page.obj.objgen for page in pdf.pages if not is_blank(page)}
    speaking = [one for one in elements(pdf) if "/Pg" in one]

    assert {one.Pg.objgen for one in speaking} == written
    assert len(speaking) > len(written) > 1


def test_names_of_table_headers_are_unique_and_cells_name_headers_of_their_own_table(
    pdf: pikepdf.Pdf,
) -> None:
    names = list(pdf.Root.StructTreeRoot.IDTree.Names)
    index = dict(zip(map(str, names[::2]), names[1::2], strict=True))
    headers = list(elements(pdf, "/TH"))

    assert len(headers) == len(index) == 6
    assert list(index) == sorted(index)
    assert all(index[str(header.ID)].objgen == header.objgen for header in headers)
    cells = list(elements(pdf, "/TD"))
    assert len(cells) == 2
    for cell in cells:
        table = _table_of(cell)
        own = [_table_of(index[str(name)]).objgen for name in cell.A.Headers]
        assert own == [table.objgen, table.objgen]


def test_names_are_unique_even_where_two_leaves_are_alike(leaves: list[Leaf]) -> None:
    twice = [Leaf(key, key, leaves[1].path) for key in ("first", "second")]
    with pikepdf.open(BytesIO(bound(twice).pdf)) as pdf:
        names = [str(header.ID) for header in elements(pdf, "/TH")]

        assert len(names) == len(set(names)) == 6


def _table_of(element: pikepdf.Object) -> pikepdf.Object:
    while element.S != "/Table":
        element = element.P
    return element


def test_stamps_are_artifacts(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        depth = 0
        for step in pikepdf.parse_content_stream(page) if "/Contents" in page.obj else ():
            operator = str(step.operator)
            if operator in {"BMC", "BDC"}:
                depth += 1
                kind = str(step.operands[0])
            elif operator == "EMC":
                depth -= 1
            elif operator == "Tf" and step.operands[0] == "/Stamp":
                assert (depth, kind) == (1, "/Artifact")


def test_stamped_digits_can_be_read_and_have_the_widths_of_their_font(pdf: pikepdf.Pdf) -> None:
    font = pdf.pages[2].obj.Resources.Font["/Stamp"]
    descendant = font.DescendantFonts[0]
    file = BytesIO(descendant.FontDescriptor.FontFile2.read_bytes())
    widths = [int(one[0]) for one in list(descendant.W)[1::2]]

    with TTFont(file, checkChecksums=2) as cut:
        names = cut.getGlyphOrder()[1:]
        advances = [round(cut["hmtx"][name][0] * 1000 / 2048) for name in names]
        assert all(cut["glyf"][name].numberOfContours > 0 for name in names)
        assert not any(cut["glyf"][name].program.getBytecode() for name in names)
        assert not {"fpgm", "prep", "cvt "} & set(cut.keys())
    assert widths == advances
    assert len(widths) == 10
    read = font.ToUnicode.read_bytes().decode()
    assert [f"<{n:04x}> <{ord(sign):04x}>" in read for n, sign in enumerate("0123456789", 1)] == [
        True
    ] * 10


def test_book_has_its_title_and_language_and_says_what_it_keeps(book: Whole) -> None:
    reader = PdfReader(BytesIO(book.pdf))
    root = reader.trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()

    assert reader.metadata is not None
    assert reader.metadata.title == "令和5年度 面談資料"
    assert reader.metadata.author == "国分寺市"
    assert root["/Lang"] == "ja"
    assert root["/MarkInfo"] == {"/Marked": True}
    assert root["/ViewerPreferences"] == {"/DisplayDocTitle": True}
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert "令和5年度 面談資料" in xmp
    assert "pdfaid:part>" not in xmp


def test_book_is_of_the_version_on_which_its_standards_rest(book: Whole) -> None:
    assert book.pdf[:8] == b"%PDF-1.7"


def test_book_knows_no_date(book: Whole) -> None:
    with pikepdf.open(BytesIO(book.pdf)) as pdf:
        assert sorted(pdf.docinfo.keys()) == ["/Author", "/Producer", "/Title"]
        assert b"Date" not in pdf.Root.Metadata.read_bytes()


def test_book_for_keeping_says_so_and_has_the_colours_of_its_parts(tmp_path: Path) -> None:
    lasting = bound(leaves_in(tmp_path, "pdf/a-3a"), Layout(lasting=True))
    with pikepdf.open(BytesIO(lasting.pdf)) as pdf:
        xmp = pdf.Root.Metadata.read_bytes().decode()
        (intent,) = pdf.Root.OutputIntents

        assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in xmp
        assert "pdfuaid:part>" not in xmp
        assert intent.S == "/GTS_PDFA1"
        assert len(intent.DestOutputProfile.read_bytes()) > 1000
        assert pdf.Root.MarkInfo.Marked
        assert "/ID" in pdf.trailer
        for page in pdf.pages:
            assert {int(link.F) for link in page.obj.get("/Annots", ())} <= {4}
