"""What stands before the departments in a book, and the single papers of the city."""

from packets.fronts.books import book
from packets.fronts.coverage import coverage
from packets.fronts.days import day, timetable
from packets.fronts.entries import Entry
from packets.fronts.forms import form
from packets.fronts.slips import slip

__all__ = ["Entry", "book", "coverage", "day", "form", "slip", "timetable"]
