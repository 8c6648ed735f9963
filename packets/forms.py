"""What may be chosen of the layout on paper (体裁)."""

from typing import Any

from django import forms

from packets.layout import Layout


class LayoutForm(forms.Form):
    """The choices in the words of those who print; ``layout`` is what they come to."""

    sides = forms.ChoiceField(
        label="印刷する面",
        choices=[("both", "両面"), ("single", "片面")],
        widget=forms.RadioSelect,
        required=False,
        help_text="両面は、とじしろが左右入れ替わり、部が必ず表の面から始まります。"
        "片面は、とじしろがいつも左で、白紙の頁がありません。",
    )
    size = forms.ChoiceField(
        label="文字の大きさ",
        choices=[("usual", "標準"), ("large", "大きな字（14ポイント）")],
        widget=forms.RadioSelect,
        required=False,
        help_text="大きな字にすると、頁数が増えます。",
    )
    notes = forms.BooleanField(
        label="面談記録の欄をつける",
        required=False,
        help_text="指示事項や記録を書き込む、罫線の頁です。",
    )
    sheets = forms.BooleanField(
        label="組織目標シートをつける",
        required=False,
        help_text="方策、指標の根拠、関係する計画まで、目標1つを1枚に書いた頁です。",
    )
    two_up = forms.BooleanField(
        label="1枚に2頁を並べる（2面付け）",
        required=False,
        help_text="A4横の紙に2頁を縮めて並べます。紙が半分になり、字は小さくなります。",
    )
    lasting = forms.BooleanField(
        label="保存用のファイルにする（PDF/A）",
        required=False,
        help_text="長く保存するための形式です。紙に印刷したものは変わりません。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("sides", "size"):
            self.fields[name].layout = "row"

    @classmethod
    def of(cls, layout: Layout) -> "LayoutForm":
        """The form with ``layout`` chosen."""
        chosen: dict[str, Any] = {
            "sides": "single" if layout.single else "both",
            "size": "large" if layout.large else "usual",
            "notes": not layout.bare,
            "sheets": layout.sheets,
            "two_up": layout.two_up,
            "lasting": layout.lasting,
        }
        return cls(initial=chosen, auto_id="layout-%s")

    @property
    def layout(self) -> Layout:
        """What was chosen; only of a valid form."""
        chosen = self.cleaned_data
        return Layout(
            single=chosen["sides"] == "single",
            large=chosen["size"] == "large",
            bare=not chosen["notes"],
            sheets=chosen["sheets"],
            two_up=chosen["two_up"],
            lasting=chosen["lasting"],
        )
