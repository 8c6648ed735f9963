"""What the worker does for this room."""

from django_tasks import task

from packets.actions import printing
from packets.sweeping import sweep_if_due

SOON = 10
"""A person waits for it."""
LATER = -10
"""Nobody has asked for it yet."""
LAST = -20
"""When the others are there."""


@task()
def print_packet(pk: int) -> None:
    """Make the PDF of one wish; once a day, clear away what is old."""
    printing.print_file(pk=pk)
    sweep_if_due()


@task()
def prepare(pk: int) -> None:
    """Have the usual packet of a paper ready."""
    from packets.actions import preparing  # which asks for packets, by a task of this module

    preparing.prepare(pk=pk)


@task()
def look_over(year: int) -> None:
    """See which files no longer show the record."""
    from packets.actions import preparing

    preparing.look_over(year=year)
