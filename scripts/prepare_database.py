"""Bring the database and the static files up to date, in one process because starting costs time."""

import hashlib
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent


def static_fingerprint() -> str:
    """Changes when any static file, or what is made of them, changes."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(repr((django.VERSION, settings.STORAGES)).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            file = Path(storage.path(path))
            found = file.stat()
            digest.update(repr((str(file), found.st_mtime_ns, found.st_size)).encode())
    return digest.hexdigest()


def collect_static_files() -> None:
    """Hashing and compressing takes seconds, so only when something has changed."""
    stamp = settings.STATIC_ROOT / ".collected"
    fingerprint = static_fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(fingerprint)


def main() -> None:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kokubunji_policy.settings")
    django.setup()

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    collect_static_files()
    if settings.DEMO:
        call_command("seed_demo", if_empty=True)


if __name__ == "__main__":
    main()
