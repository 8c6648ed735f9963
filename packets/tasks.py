"""What the worker does for this room."""

from django_tasks import task

from packets.actions import printing
from packets.sweeping import sweep_if_due

SOON = 10
"""A person waits for it."""
LATER = -10
"""Nobody has asked for it yet."""


@task()
def print_packet(pk: int) -> None:
    """Make the PDF of one wish; once a day, clear away what is old."""
    printing.print_file(pk=pk)
    sweep_if_due()
