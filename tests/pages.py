"""What a page shows, apart from what stands on every page."""

import re


def main_part(html: str) -> str:
    """What stands in the page itself, between the head and the foot of every page."""
    return html.partition("<main")[2].partition("</main>")[0]


def main_buttons(html: str) -> list[str]:
    """The words of the filled buttons of the page itself, as people read them."""
    return re.findall(r'class="button button--main"[^>]*>([^<]*)<', main_part(html))
