"""What a run of the vectors reports: by family, in HTML and as JUnit; what may fail, and what is run at all."""

from __future__ import annotations

import json
import shlex
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from tests.unit.test_cli_world import call, refused

Capsys = pytest.CaptureFixture[str]

ASKED = {"wire": "A", "request": {"action": "a", "resource": "/a"}, "audience": "a", "roots": [], "now": 0}
HOSTILE = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "]]><!-- & &amp; &#60;",
    "\x00\x01\x1b[2J\x7f\x9b",
    "a\u202eb\u2066c",
    "\ufffe\uffff",
    "a\r\n\tb",
    "<a href='javascript:alert(1)'>",
]


def write(folder: Path, name: str, code: str = "malformed", **members: object) -> None:
    """A case to which this library answers `malformed` at step 1, expected or not."""
    content = {"name": name, "operation": "verify-presentation", "input": ASKED, **members}
    content["expect"] = {"code": code, "step": 1}
    number = len(list(folder.glob("*.json")))
    (folder / f"{number}.json").write_text(json.dumps(content))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two families: a/good passes, a/bad and b/bad fail; and a file that is no case."""
    cases = tmp_path / "cases"
    cases.mkdir()
    write(cases, "a/good")
    write(cases, "a/bad", "denied", notes="why it is", spec="the rule")
    write(cases, "b/bad", "ok")
    (cases / "broken.json").write_text("{")
    return cases


def test_the_counts_of_each_family(folder: Path, capsys: Capsys) -> None:
    told = call(capsys, "vectors", "run", str(folder))
    assert told.code == 6
    assert [row.split() for row in told.out.splitlines()[:4]] == [
        ["family", "passed", "failed", "expected", "failures"],
        ["-", "0", "1", "0"],
        ["a", "1", "1", "0"],
        ["b", "0", "1", "0"],
    ]
    assert told.out.count("\nFAILED ") == 3
    assert told.out.endswith("\n1 passed, 3 failed\n")


def xfails(folder: Path, text: str) -> str:
    path = folder.parent / "xfails"
    path.write_text(text)
    return str(path)


def test_what_is_expected_to_fail_may_and_must(folder: Path, capsys: Capsys) -> None:
    (folder / "broken.json").unlink()
    listed = xfails(folder, "# known\n\n a/bad   # since ever\nb/*\n")
    told = call(capsys, "vectors", "run", str(folder), "--xfails", listed, "--json")
    assert (told.code, told.data["passed"], told.data["failed"], told.data["expected"]) == (0, 1, 0, 2)
    assert (told.data["failures"], told.data["unused"]) == ({}, [])
    assert told.data["families"]["a"] == {"passed": 1, "failed": 0, "expected": 1}
    assert sorted(told.data["expected_failures"]) == ["1.json", "2.json"]
    text = call(capsys, "vectors", "run", str(folder), "--xfails", listed)
    assert text.out.endswith("\n1 passed, 0 failed, 2 expected to fail\n")


def test_what_is_no_case_is_never_expected_to_fail(folder: Path, capsys: Capsys) -> None:
    told = call(capsys, "vectors", "run", str(folder), "--xfails", xfails(folder, "*/bad\nbroken"), "--json")
    assert (told.code, list(told.data["failures"]), told.data["unused"]) == (6, ["broken.json"], ["broken"])


def test_a_program_that_crashes_is_never_expected_to(folder: Path, capsys: Capsys) -> None:
    crashing = (sys.executable, "-c", "raise SystemExit(70)")
    asked = ("--entrypoint", shlex.join(crashing), "--xfails", xfails(folder, "a/*\nb/*"))
    told = call(capsys, "vectors", "run", str(folder), *asked, "--json")
    assert (told.code, told.data["failed"], told.data["expected"]) == (6, 4, 0)


@pytest.mark.parametrize("name", ["a", "a/b/c", "A/b", "a/b.c", "a/-b", "a/b@0", "/b"])
def test_a_name_that_is_not_of_the_format_is_no_case(tmp_path: Path, capsys: Capsys, name: str) -> None:
    write(tmp_path, name)
    assert "name" in call(capsys, "vectors", "run", str(tmp_path), "--json").data["failures"]["0.json"]


@pytest.mark.parametrize("code", ["Malformed", "not-admitted", "_ok", "a b"])
def test_a_code_that_is_not_of_the_format_is_no_case(tmp_path: Path, capsys: Capsys, code: str) -> None:
    write(tmp_path, "a/b", code)
    assert "code" in call(capsys, "vectors", "run", str(tmp_path), "--json").data["failures"]["0.json"]


@pytest.mark.parametrize("listed", ["*", "a/*\nb/bad", "a/good\n*/bad", "[ab]/*"])
def test_what_is_expected_to_fail_and_passes_has_failed(folder: Path, capsys: Capsys, listed: str) -> None:
    (folder / "broken.json").unlink()
    told = call(capsys, "vectors", "run", str(folder), "--xfails", xfails(folder, listed), "--json")
    assert (told.code, told.data["failures"]) == (6, {"0.json": "expected to fail, and passed"})


@pytest.mark.parametrize("listed", ["A/BAD", "bad", "a", "a/ba", "bad.json", "1.json", "a/bad b/bad", "#a/bad", ""])
def test_an_expected_failure_that_is_none_excuses_nothing(folder: Path, capsys: Capsys, listed: str) -> None:
    told = call(capsys, "vectors", "run", str(folder), "--xfails", xfails(folder, listed), "--json")
    assert (told.code, told.data["failed"]) == (6, 3)
    assert told.data["unused"] == ([] if listed in ("#a/bad", "") else [listed])
    text = call(capsys, "vectors", "run", str(folder), "--xfails", xfails(folder, listed)).out
    assert text.count("\nUNUSED ") == len(told.data["unused"])


def test_an_expected_failure_of_a_case_that_is_not_run_is_not_unused(folder: Path, capsys: Capsys) -> None:
    told = call(
        capsys, "vectors", "run", str(folder), "--only", "a/good", "--xfails", xfails(folder, "b/bad"), "--json"
    )
    assert (told.code, told.data["passed"], told.data["unused"]) == (0, 1, [])


def test_a_list_that_cannot_be_read_is_refused(folder: Path, capsys: Capsys) -> None:
    (folder.parent / "latin").write_bytes(b"a/\xe9")
    (folder.parent / "long").write_bytes(b"#" * (1024 * 1024 + 1))
    for name in ("none", "latin", "long", "cases"):
        told = call(capsys, "vectors", "run", str(folder), "--xfails", str(folder.parent / name))
        refused(told, 1, "invalid_input")


@pytest.mark.parametrize(
    ("only", "run"),
    [(["a/*"], 2), (["a/good"], 1), (["b/*", "a/good"], 2), (["*/bad"], 2), (["*"], 4), (["broken"], 1)],
)
def test_only_some_are_run(folder: Path, capsys: Capsys, only: list[str], run: int) -> None:
    words = [word for each in only for word in ("--only", each)]
    told = call(capsys, "vectors", "run", str(folder), *words, "--json")
    assert told.data["passed"] + told.data["failed"] == run


@pytest.mark.parametrize("only", ["c/*", "A/*", "", "a", "0.json", "a/goo"])
def test_nothing_run_is_nothing_passed(folder: Path, capsys: Capsys, only: str) -> None:
    refused(call(capsys, "vectors", "run", str(folder), "--only", only), 1, "invalid_input")


class Page(HTMLParser):
    """The tags and attributes of a page, and its text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


OWN_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "table", "tr", "th", "td", "code"),
    *("details", "summary", "ul", "li"),
}


def reports(folder: Path, capsys: Capsys, *more: str) -> tuple[str, str]:
    """The HTML and the XML of a run."""
    files = [folder.parent / name for name in ("report.html", "report.xml")]
    call(capsys, "vectors", "run", str(folder), "--html", str(files[0]), "--junit", str(files[1]), *more)
    return files[0].read_text(encoding="utf-8"), files[1].read_text(encoding="utf-8")


def test_the_reports_say_what_became_of_each_case(folder: Path, capsys: Capsys) -> None:
    html, xml = reports(folder, capsys, "--xfails", xfails(folder, "b/bad\nnobody"))
    page = Page(html)
    assert page.tags == OWN_TAGS
    for words in ("4 cases: 1 passed, 2 failed, 1 expected to fail", "why it is", "the rule", "nobody", "a/good"):
        assert words in page.text
    assert "failed: expected denied at step 1, got malformed at step 1" in page.text
    root = Xml.fromstring(xml)
    assert root.attrib == {"name": "attorn", "tests": "4", "failures": "2", "errors": "0", "skipped": "1"}
    assert [suite.attrib["name"] for suite in root] == ["-", "a", "b"]
    found = {f"{case.attrib['classname']}/{case.attrib['name']}": [*case] for case in root.iter("testcase")}
    assert {name: [each.tag for each in parts] for name, parts in found.items()} == {
        "-/broken": ["failure"],
        "a/good": [],
        "a/bad": ["failure"],
        "b/bad": ["skipped"],
    }
    assert found["a/bad"][0].attrib["message"] == "expected denied at step 1, got malformed at step 1"
    assert found["a/bad"][0].text == "why it is (the rule)"


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_stay_text_in_every_report(tmp_path: Path, capsys: Capsys, hostile: str) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    write(cases, f"{hostile}/{hostile}", "denied", notes=hostile, spec=hostile)
    write(cases, f"{hostile}/ok", notes=hostile, spec=hostile)
    write(cases, f"x/{hostile}", "ok", operation=hostile)
    if "\0" not in hostile:
        (cases / f"{hostile.replace('/', '')}.json").write_text("{")
    listed = xfails(cases, "x/*\n" + hostile.replace("#", ""))
    for more in ((), ("--xfails", listed)):
        html, xml = reports(cases, capsys, *more)
        page = Page(html)
        assert page.tags <= OWN_TAGS
        assert page.names <= {"lang", "charset", "http-equiv", "content", "class"}
        assert "http:" not in html
        assert "https:" not in html
        suites = Xml.fromstring(xml)
        assert {each.tag for each in suites.iter()} <= {"testsuites", "testsuite", "testcase", "failure", "skipped"}
        for text in (html, xml):
            assert all(each.isprintable() or each in "\n\x7f" for each in text)
    told = call(capsys, "vectors", "run", str(cases), "--json")
    assert told.code == 6


def test_a_command_with_markup_stays_text(folder: Path, capsys: Capsys) -> None:
    html, xml = reports(folder, capsys, "--entrypoint", "true '<script>&\"'")
    assert Page(html).tags <= OWN_TAGS
    assert Xml.fromstring(xml).attrib["name"] == "true '<script>&\"'"


def test_a_report_that_cannot_be_written_is_refused_before_the_run(folder: Path, capsys: Capsys) -> None:
    (folder.parent / "witness").mkdir()
    for option in ("--html", "--junit"):
        for target in (folder, folder / "none" / "report"):
            told = call(capsys, "vectors", "run", str(folder), option, str(target), "--entrypoint", "rmdir witness")
            refused(told, 1, "invalid_input", "cannot write")
    assert (folder.parent / "witness").exists()


def test_a_report_of_before_does_not_outlive_a_run_that_fails(folder: Path, capsys: Capsys) -> None:
    report = folder.parent / "report.html"
    report.write_text("all is well")
    told = call(capsys, "vectors", "run", str(folder), "--html", str(report), "--entrypoint", "/nothing/there")
    refused(told, 1, "invalid_input")
    assert report.read_text() == ""
