"""Bring the database and the static files up to date, in one process because starting costs time."""

import os
import sys
from pathlib import Path

import django
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kokubunji_policy.settings")
    django.setup()

    from django.conf import settings

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if settings.DEMO:
        call_command("seed_demo", if_empty=True)


if __name__ == "__main__":
    main()
