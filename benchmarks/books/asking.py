"""From the click to the first byte of a packet that is kept, for every department in turn.

    python -m books.asking

In one process that has answered before, without the network: the request that asks for the packet,
those to which it is sent on, and the download until the first bytes are there.
"""

import json
import statistics
import time

from books.city import YEAR

OFFICE = "1011"


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    call_command("collectstatic", interactive=False, verbosity=0)
    from departments.models import Department, User

    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(username=OFFICE))
    codes = list(Department.objects.order_by("order").values_list("code", flat=True))
    first_byte(client, codes[0])
    seconds = [first_byte(client, code) for code in codes]
    told = {"median": statistics.median(seconds), "most": max(seconds), "packets": len(seconds)}
    print(json.dumps({name: round(value, 4) for name, value in told.items()}))


def first_byte(client, code: str) -> float:  # type: ignore[no-untyped-def]
    """Seconds until the PDF of the department begins to come."""
    from django.urls import reverse

    from packets.models import PacketFile

    started = time.perf_counter()
    answer = client.post(reverse("packets:build", kwargs={"year": YEAR, "code": code}))
    file = PacketFile.objects.filter(paper__department__code=code).order_by("-pk").first()
    if answer.status_code != 302 or file is None or file.status != PacketFile.Status.DONE:
        raise SystemExit(f"{code}: not kept ({answer.status_code}, {file and file.status})")
    if "download" not in answer["Location"]:
        client.get(answer["Location"])
    where = reverse("packets:download", kwargs={"year": YEAR, "pk": file.pk})
    download = client.get(where)
    begin = next(iter(download.streaming_content if download.streaming else [download.content]))
    if not begin.startswith(b"%PDF"):
        raise SystemExit(f"{code}: no PDF")
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
