"""What looks like a marker, line by line, and what the lines further on say about it. No Django.

Some markers can only be judged by those that follow: a sign begins a list where it comes again,
イ stands for 1 where ロ comes next.
"""

from collections.abc import Iterable, Sequence

from policies.lines import Line
from policies.numbering import IROHA_OF, Mark, by_iroha, find_mark


class Candidates:
    """``marks`` has one entry for each line: what its marker would be, or None."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.marks = [find_mark(line.text) for line in lines]
        found = [index for index, mark in enumerate(self.marks) if mark is not None]
        self._read_by_iroha(found)
        self.last_second: dict[str, int] = {}  # where a second number stands last, by style
        self.comes_again: set[int] = set()
        self.has_numbers = False
        self._look_back(reversed(found))

    def __getitem__(self, index: int) -> Mark | None:
        return self.marks[index]

    def has_second_after(self, index: int, style: str) -> bool:
        return self.last_second.get(style, -1) > index

    def _look_back(self, found: Iterable[int]) -> None:
        """From the last to the first: which numbers and signs are still to come."""
        ahead: set[str] = set()
        for index in found:
            mark = self.marks[index]
            assert mark is not None
            style = mark.style
            if style.is_counted:
                self.has_numbers = True
                if mark.value == 2:
                    self.last_second.setdefault(style.name, index)
            elif style.name in ahead:
                self.comes_again.add(index)  # before the next certain number
            if not style.is_weak:
                ahead.clear()
            elif not style.is_counted:
                ahead.add(style.name)

    def _read_by_iroha(self, found: Iterable[int]) -> None:
        """イ, ロ, ハ are 1, 2, 3 where ロ is the next letter after イ of the same style."""
        runs: dict[str, list[int]] = {name: [] for name in IROHA_OF}
        for index in found:
            mark = self.marks[index]
            if mark is not None and mark.style.name in runs:
                runs[mark.style.name].append(index)
        for run in runs.values():
            self._read_run(run)

    def _read_run(self, run: Sequence[int]) -> None:
        marks = [mark for index in run if (mark := self.marks[index])]
        letters = [by_iroha(mark) for mark in marks]
        values = [letter.value if letter else 0 for letter in letters]
        last = 0  # the number of the last letter in the iroha, where it is read so
        before = 0  # its number in the order of アイウ
        for index, mark, letter, value, after in zip(
            run, marks, letters, values, [*values, 0][1:], strict=True
        ):
            begins = value == 1 and after == 2 and mark.value != before + 1
            before = mark.value
            last = value if begins or (last and value == last + 1) else 0
            if last:
                self.marks[index] = letter
