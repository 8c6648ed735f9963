"""Which parts a packet has, and their numbers. Plain Python."""

from packets.layout import Layout
from packets.overview import Plain

PARTS = (
    ("overview", "概要"),
    ("goals", "組織目標一覧"),
    ("facing", "市長の方針と部の方針"),
    ("sheets", "組織目標シート"),
    ("coverage", "市長の方針への対応状況"),
    ("previous", "前年度の目標と結果"),
    ("notes", "面談記録と指示事項"),
)
"""Anchor and title. The anchors are what links, contents and bookmarks go to."""


def parts(layout: Layout, *, goals: int) -> list[Plain]:
    """Those of this layout, counted from 第1; without goals there are no sheets of them."""
    left_out = {
        "sheets": not (layout.sheets and goals),
        "notes": layout.bare,
    }
    printed = [part for part in PARTS if not left_out.get(part[0])]
    return [
        {
            "number": number,
            "title": title,
            "anchor": anchor,
            "note": f"{goals}件" if anchor == "sheets" else "",
        }
        for number, (anchor, title) in enumerate(printed, 1)
    ]
