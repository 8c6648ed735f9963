"""`make check`: everything that can be said without running the product, all of it each time."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
MANAGE = (sys.executable, "manage.py")

# What a city sets before it opens the doors; the check of deployment looks at exactly this.
PRODUCTION = {
    "DEBUG": "false",
    "DEMO": "false",
    "HTTPS": "true",
    "ALLOWED_HOSTS": "policy.example.jp",
    "CSRF_TRUSTED_ORIGINS": "https://policy.example.jp",
    "SECRET_KEY": secrets.token_urlsafe(50),
}

CHECKS: dict[str, tuple[str | Path, ...]] = {
    "書式 (ruff format)": (BIN / "ruff", "format", "--check", "--quiet", "."),
    "規則 (ruff check)": (BIN / "ruff", "check", "--quiet", "."),
    "import の向き (lint-imports)": (BIN / "lint-imports",),
    "型 (mypy)": (BIN / "mypy",),
    "テンプレート (djlint)": (BIN / "djlint", "templates", "--lint", "--quiet"),
    "マイグレーション (makemigrations)": (*MANAGE, "makemigrations", "--check", "--dry-run"),
    "公開の設定 (check --deploy)": (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"),
    "印刷した文書 (print_docs)": (*MANAGE, "print_docs", "--check"),
}


def run(command: tuple[str | Path, ...]) -> str:
    """What it complained about; empty when all is well."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | PRODUCTION,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode == 0:
        return ""
    return done.stdout.strip() or f"終了状態 {done.returncode} (exit status)"


def main() -> int:
    failed = []
    for title, command in CHECKS.items():
        complaint = run(command)
        print(f"{'×' if complaint else '○'} {title}", flush=True)
        if complaint:
            print(complaint, flush=True)
            failed.append(title)
    print(f"\n不合格 (failed): {'、'.join(failed)}" if failed else "\nすべて合格 (all is well)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
