"""署名 on the cover: which heads signed the version, and when."""

from django.utils import timezone

from core.years import format_short_date
from goals.sheets import Sheet


def signatures(sheet: Sheet) -> list[dict[str, str]]:
    """A head a row: the day on which he signed, or that he has not."""
    return [
        {
            "title": row.title,
            "name": f"{row.name}{row.role}",
            "day": format_short_date(timezone.localtime(row.at).date()) if row.at else "未署名",
        }
        for row in sheet.signatures
    ]
