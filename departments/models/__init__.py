"""Who works where, and since when: departments, divisions, people, appointments, charges."""

from departments.models.organisation import (
    NO_CODES,
    YEAR_LIMITS,
    Department,
    Division,
    ValidInYears,
    ValidInYearsQuerySet,
)
from departments.models.people import Session, User, UserManager
from departments.models.posts import Appointment, AppointmentQuerySet, Charge

__all__ = [
    "NO_CODES",
    "YEAR_LIMITS",
    "Appointment",
    "AppointmentQuerySet",
    "Charge",
    "Department",
    "Division",
    "Session",
    "User",
    "UserManager",
    "ValidInYears",
    "ValidInYearsQuerySet",
]
