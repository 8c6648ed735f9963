"""What a page shows, apart from what stands on every page."""

import re

from django.test import Client


def main_part(html: str) -> str:
    """What stands in the page itself, between the head and the foot of every page."""
    return html.partition("<main")[2].partition("</main>")[0]


def main_buttons(html: str) -> list[str]:
    """The words of the filled buttons of the page itself, as people read them."""
    return re.findall(r'class="button button--main"[^>]*>([^<]*)<', main_part(html))


def page(client: Client, where: str) -> str:
    """The page at an address that opens, white space made plain."""
    answer = client.get(where)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def text(html: str) -> str:
    """What one reads in the page itself, without white space."""
    return "".join(re.sub(r"<[^>]+>", "", main_part(html)).split())
