"""How long the file of a spring takes: 60 units, 900 people, 1,200 appointments, invented names.

    .venv/bin/python benchmarks/spring.py [--file PATH]

Makes the file (``--file`` keeps it), then on an empty database of its own: checks it, applies it,
checks it again (nothing changes), checks the next spring's file in which a third of the people
move, applies that, takes it back, and checks the file with one wrong cell in row 873. SQLite
unless DATABASE_URL names another empty database. Prints wall and processor seconds, queries, and
the memory of the process at its highest.
"""

import argparse
import datetime as dt
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SURNAMES = "青柳 磯部 植草 榎本 小笠原 片桐 菊池 楠 毛塚 近衛 榊 篠塚 杉浦 瀬川 相馬 髙梨 千葉 塚本"
SURNAMES += " 手嶋 富樫 中島 新妻 沼田 根岸 野﨑 長谷部 久松 福澤 辺見 堀内 真壁 三浦 向井 望月"
GIVEN = "明子 一郎 恵 圭介 さくら 淳 誠 千晴 直樹 望 春香 悠斗 美和 康平 由紀 蓮"
DEPARTMENTS, DIVISIONS, PEOPLE, APPOINTMENTS = 12, 48, 900, 1200


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def organisation() -> dict[str, list[list[Any]]]:
    """The rows of a city before the spring: everybody in one post, some in two."""
    chance = random.Random(5)  # noqa: S311 - the same city each time
    departments = [
        [f"b{n:02d}", f"第{n}部", f"だい{n}ぶ", n, "令和元年度", "", ""]
        for n in range(1, DEPARTMENTS + 1)
    ]
    divisions = [
        [f"b{n % DEPARTMENTS + 1:02d}", f"k{n:02d}", f"第{n}課", n, "令和元年度", ""]
        for n in range(1, DIVISIONS + 1)
    ]
    people = [
        [
            f"5{n:04d}",
            f"{chance.choice(SURNAMES.split())} {chance.choice(GIVEN.split())}",
            "みょうじ なまえ",
            f"u{n}@example.jp",
            "はい",
        ]
        for n in range(PEOPLE)
    ]
    appointments = [_appointment(n, people[n % PEOPLE], divisions) for n in range(APPOINTMENTS)]
    return {"部": departments, "課": divisions, "職員": people, "発令": appointments, "担任": []}


def _appointment(n: int, person: list[Any], divisions: list[list[Any]]) -> list[Any]:
    division = divisions[n % DIVISIONS]
    if n < DEPARTMENTS:
        post, title, place = "部長・担当部長", f"第{n + 1}部長", [f"b{n + 1:02d}", ""]
    elif n < DEPARTMENTS + DIVISIONS:
        post, title, place = "課長", f"{division[2]}長", [division[0], division[1]]
    else:
        place = [division[0], division[1]]
        post, title = "担当", f"{division[2]}{'兼務' if n >= PEOPLE else ''}担当"
    start = day("2021-04-01") if n < PEOPLE else day("2022-04-01")
    announced = start - dt.timedelta(days=8)
    return [person[0], person[1], post, title, *place, start, announced, "", "", ""]


def spring(rows: dict[str, list[list[Any]]]) -> dict[str, list[list[Any]]]:
    """The next file: a third of the first appointments end on 31 March, and begin elsewhere."""
    moved, kept = [], []
    for n, row in enumerate(rows["発令"][:APPOINTMENTS]):
        if n < PEOPLE and n % 3 == 0:
            end = [*row[:8], day("2023-03-31"), day("2023-03-24"), ""]
            place = rows["課"][(n + 7) % DIVISIONS]
            begin = [*row[:2], "担当", f"{place[2]}担当", place[0], place[1]]
            moved += [end, [*begin, day("2023-04-01"), day("2023-03-24"), "", "", ""]]
        else:
            kept.append(row)
    return rows | {"発令": [*moved, *kept][:APPOINTMENTS]}


def workbook(rows: dict[str, list[list[Any]]]) -> bytes:
    from core.tables import Sheet, write_sheets
    from exchange.spring.sheets import SHEETS

    return write_sheets(
        Sheet(sheet.title, [column.heading for column in sheet.columns], rows[sheet.title])
        for sheet in SHEETS
    )


def with_one_wrong_cell(rows: dict[str, list[list[Any]]]) -> dict[str, list[list[Any]]]:
    wrong = [list(row) for row in rows["発令"]]
    wrong[873 - 2][6] = "4月の初め"
    return rows | {"発令": wrong}


def lay_in(folder: Path) -> None:
    """Django on an empty database of its own, with one administrator."""
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder / 'benchmark.sqlite3'}")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "kokubunji_policy.settings",
        "VAR_DIR": str(folder),
        "SECRET_KEY": "only for the benchmark",
        "DEMO": "true",
    }
    sys.path.insert(0, str(ROOT))
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def administrator() -> Any:
    from core.audit import Actor
    from core.permissions import Post
    from departments.models import Appointment, User

    person = User.objects.create_user("1", name="管理 者", kana="かんり しゃ")
    Appointment.objects.create(
        user=person,
        post=Post.ADMINISTRATOR,
        title="情報管理課",
        starts_on=day("2020-04-01"),
        announced_on=day("2020-03-24"),
    )
    return Actor(person)


def measured(name: str, work: Callable[[], Any]) -> Any:
    from django.db import connection, reset_queries

    connection.force_debug_cursor = True
    reset_queries()
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    queries = len(connection.queries)
    print(f"| {name} | {wall:.2f} | {processor:.2f} | {queries:,} |", flush=True)
    return result


def hand_in(content: bytes, by: Any) -> Any:
    """Upload without the queue; the work is measured by itself."""
    from exchange.actions.spring import hand_in as upload

    return upload(file_name="春.xlsx", content=content, by=by)


def check(imported: Any) -> Any:
    from exchange.actions import spring_jobs

    spring_jobs.run(pk=imported.pk)
    imported.refresh_from_db()
    return imported


def apply(imported: Any, by: Any) -> Any:
    from exchange.actions import spring, spring_jobs

    spring.take_in(imported=imported, plan_digest=imported.plan_digest, by=by)
    spring_jobs.run(pk=imported.pk)
    imported.refresh_from_db()
    return imported


def report(imported: Any) -> None:
    sizes = {key: {k: n for k, n in row.items() if n} for key, row in imported.counts.items()}
    print(f"  {imported.get_status_display()}: {sizes} {imported.sentence}", file=sys.stderr)
    for problem in imported.problems[:3]:
        print(f"  {problem}", file=sys.stderr)


def run(keep: Path | None) -> None:
    from exchange.actions.spring import take_back

    by, rows = administrator(), organisation()
    first, second = workbook(rows), workbook(spring(rows))
    if keep:
        keep.write_bytes(second)
        keep.with_name(f"{keep.stem}-before{keep.suffix}").write_bytes(first)
    print("| what | wall s | processor s | queries |\n|---|---|---|---|")
    imported = hand_in(first, by)
    report(measured("check: everything is new", lambda: check(imported)))
    report(measured("apply", lambda: apply(imported, by)))
    again = hand_in(first, by)
    report(measured("check the same file again", lambda: check(again)))
    moving = hand_in(second, by)
    report(measured("check: a third of the people move", lambda: check(moving)))
    report(measured("apply", lambda: apply(moving, by)))
    moving.refresh_from_db()
    measured("take back", lambda: take_back(imported=moving, by=by))
    wrong = hand_in(workbook(with_one_wrong_cell(rows)), by)
    report(measured("check: one wrong cell in row 873", lambda: check(wrong)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{len(first):,} bytes; {peak:.0f} MB at the highest")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--file", type=Path, help="keep the file here")
    keep = parser.parse_args().file
    with tempfile.TemporaryDirectory() as folder:
        lay_in(Path(folder))
        run(keep)


if __name__ == "__main__":
    main()
