"""What the worker does for this room."""

from django_tasks import task

from exchange.actions import spring_jobs


@task()
def check_spring_file(pk: int) -> None:
    """Check one file."""
    spring_jobs.check_file(pk=pk)


@task()
def apply_spring_file(pk: int) -> None:
    """Take in one file."""
    spring_jobs.apply_file(pk=pk)
