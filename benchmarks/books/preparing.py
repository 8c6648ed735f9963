"""Lays the city into an empty database.

python -m books.preparing DEPARTMENTS
"""

import sys


def main() -> None:
    import django
    from django.core.management import call_command
    from django.db import transaction

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from books import city

    with transaction.atomic():
        city.lay(int(sys.argv[1]))


if __name__ == "__main__":
    main()
