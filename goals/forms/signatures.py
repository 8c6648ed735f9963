"""What a head sends who signs."""

from django import forms

from core.fields import VersionField


class SignForm(forms.Form):
    """The version that the person saw, and the post in which he signs it."""

    number = VersionField()
    appointment = forms.IntegerField(min_value=1, max_value=2**63 - 1)
