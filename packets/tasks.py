"""What the worker does for this room."""

from django_tasks import task

from packets.actions import printing


@task()
def print_packet(pk: int) -> None:
    """Make the PDF of one wish."""
    printing.print_file(pk=pk)
