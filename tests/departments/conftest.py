"""What tests of the sign-in share."""

import pytest

from departments.models import User
from tests.departments.providers import SERVICE, hostile_provider


@pytest.fixture
def hostile(settings, cast):
    User.objects.filter(pk=cast.head.pk).update(username="9501")
    with hostile_provider() as address:
        settings.OIDC = SERVICE | {"issuer": address.address}
        yield address
