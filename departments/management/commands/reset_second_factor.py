"""For whoever keeps the machine: the only administrator has lost the second factor."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.audit import SYSTEM
from departments.actions import reset_second_factor
from departments.models import User


class Command(BaseCommand):
    help = "二段階認証をすべて外し、その人をログアウトします（ほかに管理者がいないとき）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="職員番号")

    def handle(self, *args: Any, number: str, **options: Any) -> None:
        user = User.objects.filter(username=number).first()
        if user is None:
            raise CommandError(f"職員番号 {number} の人は登録されていません。")
        reset_second_factor(user, by=SYSTEM)
        self.stdout.write(f"{user.name}の二段階認証を外しました。")
