"""How many cases there are of each family, and how many of them say no: for the README, computed."""

from __future__ import annotations

from collections.abc import Iterable

from .case import Case

BEGIN = "<!-- counted: python -m vectors.generate -->\n"
END = "<!-- end of what is counted -->\n"


def negative(case: Case) -> bool:
    """Whether a case is about something that must not be: it is refused, or one of the uses that it traces is."""
    return case.code != "ok" or any(code != "ok" for code, _ in case.result.get("codes", ()))


def counted(page: str, cases: Iterable[Case]) -> str:
    """The page with the table of these cases between its two marks."""
    before, _, rest = page.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError("no place for the counts")
    return f"{before}{BEGIN}{table(cases)}{END}{after}"


def table(cases: Iterable[Case]) -> str:
    """One row for each family, and one for all."""
    families: dict[str, list[bool]] = {}
    for case in cases:
        families.setdefault(case.name.partition("/")[0], []).append(negative(case))
    rows = [f"| {family} | {len(found)} | {sum(found)} |" for family, found in sorted(families.items())]
    number, refused = sum(map(len, families.values())), sum(map(sum, families.values()))
    share = f"Of {number} cases {refused} are negative: {100 * refused / number:.1f} %."
    head = ["| family | cases | negative |", "|---|---|---|"]
    return "\n".join([share, "", *head, *rows, f"| all | {number} | {refused} |", ""])
