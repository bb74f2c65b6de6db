"""`make mutants`: change the verifier and the container code in small wrong ways, and see which tests notice.

    python -m tests.mutation [--only MODULE] [--every N] [--line LINE] [--workers N] [--json OUT]

Every mutant runs in a process of its own, against its own copy of the package, one test file after another until one
fails. It counts as killed only if a test fails, a test file can no longer be imported, or the time runs out; a run that
ends in any other way is an error. Only the tests listed here for a module are asked, so a mutant that other tests alone
would notice survives. Survivors are listed; docs/mutation.md says why each is harmless.
"""

from __future__ import annotations

import argparse
import compileall
import importlib
import json
import math
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
from tests.mutation.mandates import MANDATES
from tests.mutation.mutants import Mutant, mutants

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "src" / "attorn"
_CAVEATS = (
    "unit/test_caveats_written",
    "unit/test_caveats",
    "unit/test_caveats_refused",
    "unit/test_caveats_compared",
    "attacks/test_vectors",
)
TESTS = {
    "verify/verifier.py": (
        "attacks/test_vectors",
        "unit/test_verifier",
        "attacks/test_section_f_ports",
        "unit/test_verifier_again",
        "unit/test_verify_token",
        "attacks/test_section_a",
        "attacks/test_section_c",
        "attacks/test_section_d",
        "attacks/test_section_e",
        "attacks/test_section_e_limits",
        "attacks/test_section_f",
        "unit/test_macaroon_verifier",
        "attacks/test_approvals",
        "unit/test_approval_presented",
        "unit/test_revocation",
        "unit/test_identity_presenting",
        "unit/test_retries",
        "unit/test_receipted",
        "unit/test_standing",
        "unit/test_exposure",
    ),
    "verify/chain.py": (
        "attacks/test_vectors",
        "unit/test_verifier",
        "attacks/test_section_e",
        "attacks/test_section_e_limits",
        "attacks/test_section_d",
        "unit/test_verifier_again",
        "unit/test_verify_token",
        "unit/test_identity_widening",
        "unit/test_counted",
        "unit/test_standing",
        "unit/test_period",
    ),
    "verify/clearing.py": (
        "attacks/test_vectors",
        "unit/test_verifier",
        "unit/test_verifier_told",
        "unit/test_counted",
        "unit/test_counted_windows",
        "unit/test_spaced",
        "attacks/test_section_f_ports",
        "unit/test_period",
        "unit/test_retries",
        "unit/test_receipted",
        "attacks/test_approvals",
        "unit/test_approval_presented",
        "unit/test_macaroon_discharges",
    ),
    "verify/standing.py": ("attacks/test_vectors", "unit/test_standing", "unit/test_standing_status"),
    "verify/period.py": ("unit/test_period", "unit/test_counted_windows", "unit/test_spaced"),
    "verify/joint.py": ("unit/test_joint",),
    "verify/exposure.py": ("unit/test_exposure", "unit/test_spaced"),
    "verify/cache.py": ("unit/test_verifier_again",),
    "verify/approving.py": ("unit/test_approval_presented", "attacks/test_approvals", "unit/test_approval"),
    "verify/attesting.py": ("unit/test_agent_caveat", "unit/test_agent_register"),
    "verify/rotation.py": ("unit/test_rotated_keys",),
    "verify/policy.py": ("unit/test_policy",),
    "authzen/answer.py": ("adapters/authzen/test_pep",),
    "authzen/carried.py": ("adapters/authzen/test_pdp",),
    "authzen/cedar.py": ("adapters/authzen/test_cedar", "adapters/authzen/test_certification"),
    "authzen/deciding.py": ("adapters/authzen/test_pdp",),
    "authzen/evaluation.py": ("adapters/authzen/test_certification", "adapters/authzen/test_pdp"),
    "authzen/peps.py": ("adapters/authzen/test_pdp",),
    "verify/arrival.py": (
        "unit/test_macaroon_story",
        "attacks/test_vectors",
        "unit/test_verifier",
        "unit/test_verifier_again",
        "unit/test_verify_token",
        "unit/test_macaroon_discharges",
        "unit/test_macaroon_order",
        "unit/test_macaroon_verifier",
        "attacks/test_approvals",
        "attacks/test_section_e_blocks",
        "attacks/test_section_e_limits",
        "attacks/test_section_f",
        "attacks/test_section_a",
        "attacks/test_section_c",
    ),
    "biscuit/container.py": (
        "unit/test_container",
        "attacks/test_section_a",
        "attacks/test_section_d",
        "attacks/test_section_e",
        "attacks/test_vectors",
        "oracle/test_biscuit_samples",
    ),
    "biscuit/signature.py": (
        "unit/test_signature",
        "attacks/test_section_d",
        "attacks/test_section_e",
        "attacks/test_vectors",
        "oracle/test_biscuit_samples",
    ),
    "biscuit/admission.py": (
        "unit/test_admission",
        "attacks/test_section_e_blocks",
        "attacks/test_section_e_limits",
        "attacks/test_vectors",
        "attacks/test_section_a",
        "oracle/test_biscuit_samples",
    ),
    "macaroon/container.py": (
        "unit/test_macaroon_story",
        "unit/test_macaroon_container",
        "attacks/test_section_g",
        "unit/test_macaroon_mac",
    ),
    "macaroon/notation.py": (
        "unit/test_macaroon_story",
        "unit/test_macaroon_notation",
    ),
    "macaroon/keyfile.py": ("unit/test_macaroon_keyfile",),
    "macaroon/key.py": ("unit/test_macaroon_mac", "unit/test_macaroon_keyfile"),
    "macaroon/mac.py": ("unit/test_macaroon_story", "unit/test_macaroon_mac", "attacks/test_section_g"),
    "macaroon/link.py": ("unit/test_macaroon_story", "unit/test_macaroon_link", "attacks/test_section_g"),
    "macaroon/discharge.py": (
        "unit/test_macaroon_story",
        "unit/test_macaroon_discharges",
        "attacks/test_section_g_verifier",
    ),
    "macaroon/issuing.py": ("unit/test_macaroon_issuing", "unit/test_macaroon_verifier"),
    "macaroon/text.py": ("unit/test_macaroon_issuing", "unit/test_macaroon_verifier"),
    "token/presentation.py": (
        "unit/test_presentation",
        "unit/test_identity_presenting",
        "attacks/test_vectors",
        "attacks/test_section_e_blocks",
        "attacks/test_section_b",
        "attacks/test_section_c",
    ),
    "token/principal.py": (
        "unit/test_principal",
        "unit/test_verifier_again",
        "unit/test_verify_token",
        "unit/test_identity_links",
        "unit/test_identity_hardware",
        "unit/test_revocation_resolved",
        "attacks/test_vectors",
        "attacks/test_section_d",
    ),
    "token/link.py": (
        "unit/test_links",
        "unit/test_identity_links",
        "attacks/test_section_e_blocks",
        "attacks/test_section_e",
        "attacks/test_vectors",
    ),
    "token/carrier.py": (
        "unit/test_macaroon_story",
        "attacks/test_approvals",
        "unit/test_macaroon_verifier",
        "unit/test_macaroon_discharges",
        "unit/test_identity_links",
        "unit/test_identity_presenting",
        "unit/test_cli_inspect",
        "unit/test_cli_macaroon",
    ),
    "token/discharge.py": (
        "unit/test_macaroon_story",
        "unit/test_macaroon_discharges",
        "attacks/test_section_g_verifier",
        "attacks/test_vectors",
    ),
    "token/token.py": (
        "unit/test_macaroon_story",
        "unit/test_identity_links",
        "unit/test_macaroon_verifier",
        "unit/test_links",
        "attacks/test_section_e",
        "attacks/test_vectors",
    ),
    "token/chain.py": (
        "unit/test_links",
        "attacks/test_section_e_limits",
        "attacks/test_section_a",
        "attacks/test_vectors",
    ),
    "approval/approval.py": (
        "unit/test_approval",
        "unit/test_approval_message",
        "attacks/test_approvals",
        "unit/test_approval_presented",
    ),
    "approval/asked.py": ("unit/test_approval_message", "unit/test_approval"),
    "approval/message.py": ("unit/test_approval_message",),
    "approval/text.py": ("unit/test_approval_message", "unit/test_approval"),
    "caveat/agent.py": ("unit/test_agent_caveat", *_CAVEATS),
    "caveat/approval.py": ("unit/test_caveats_approval", *_CAVEATS),
    "caveat/argument.py": _CAVEATS,
    "caveat/base.py": (*_CAVEATS, "unit/test_standing"),
    "caveat/collection.py": _CAVEATS,
    "caveat/counted.py": ("unit/test_caveats_refused", *_CAVEATS, "unit/test_counted", "unit/test_verifier_told"),
    "caveat/formula.py": _CAVEATS,
    "caveat/spaced.py": ("unit/test_caveats_refused", *_CAVEATS, "unit/test_spaced"),
    "caveat/profile.py": ("unit/test_caveats_refused", *_CAVEATS, "unit/test_counted"),
    "caveat/scope.py": _CAVEATS,
    "caveat/status.py": ("unit/test_standing_status", *_CAVEATS, "unit/test_standing", "unit/test_cli_caveats"),
    "caveat/text.py": _CAVEATS,
    "caveat/validity.py": (*_CAVEATS, "unit/test_identity_links", "unit/test_links"),
    "caveat/value.py": _CAVEATS,
    "request/address.py": ("unit/test_address", "unit/test_caveats"),
    "request/characters.py": (
        "unit/test_characters",
        "unit/test_request",
        "unit/test_resource",
        "unit/test_filepath",
        "unit/test_url",
    ),
    "request/facts.py": ("unit/test_facts", "unit/test_caveats", "attacks/test_vectors"),
    "request/filepath.py": ("unit/test_filepath", "unit/test_caveats"),
    "request/glob.py": ("unit/test_glob", "unit/test_caveats"),
    "request/money.py": ("unit/test_request", "unit/test_caveats"),
    "request/request.py": ("unit/test_request", "attacks/test_vectors", "unit/test_facts"),
    "request/resource.py": ("unit/test_resource", "unit/test_caveats", "attacks/test_vectors"),
    "request/url.py": ("unit/test_url", "unit/test_caveats"),
    "datalog.py": (*_CAVEATS, "unit/test_facts", "unit/test_admission", "unit/test_engine"),
    "statement.py": (
        "stores/test_values",
        "stores/test_contract_memory",
        "unit/test_standing",
        "unit/test_revocation",
        "unit/test_lifecycle",
        "stores/test_sqlite_refuses",
    ),
    "store/__init__.py": ("stores/test_contract_memory", "stores/test_contract_sqlite"),
    "store/applying.py": (
        "stores/test_applying",
        "stores/test_contract_memory",
        "unit/test_revocation",
        "unit/test_revocation_list",
        "unit/test_lifecycle",
        "unit/test_standing",
    ),
    "store/memory.py": ("stores/test_values", "stores/test_contract_memory", "unit/test_standing", "unit/test_retries"),
    "store/ports.py": ("stores/test_values", "stores/test_contract_memory"),
    "store/sqlite.py": ("stores/test_contract_sqlite", "stores/test_sqlite_refuses"),
    "store/remote.py": ("stores/test_remote", "stores/test_redis_refuses"),
    "store/redis.py": ("stores/test_redis_senseless", "stores/test_redis_refuses", "stores/test_contract_redis"),
    "store/redis_scripts.py": ("stores/test_contract_redis", "stores/test_redis_refuses"),
    "store/postgres.py": ("stores/test_postgres_pool", "stores/test_contract_postgres", "stores/test_postgres_refuses"),
    "store/postgres_pool.py": (
        "stores/test_postgres_pool",
        "stores/test_postgres_refuses",
        "stores/test_contract_postgres",
    ),
    "store/postgres_schema.py": (
        "stores/test_contract_postgres",
        "stores/test_postgres_pool",
        "stores/test_postgres_refuses",
    ),
    **MANDATES,
}
"""The modules, and for each the test files to run, those that notice most first."""
LIBRARIES = (
    "biscuit_auth",
    "cryptography.hazmat.primitives.asymmetric.ec",
    "cryptography.hazmat.primitives.asymmetric.ed25519",
    "cryptography.hazmat.primitives.serialization",
    "hypothesis.strategies",
    "jwcrypto.jwk",
    "nacl.bindings",
    "nacl.pwhash",
    "rfc8785",
    "sqlite3",
)
"""What the tests import and no mutant changes: imported once, before the processes part."""
OPTIONS = (
    *("-x", "-q", "--assert=plain", "-m", "not long"),
    *("-p", "_hypothesis_pytestplugin", "--hypothesis-profile=mutants"),
)
SECONDS = 180
"""How long anything may take, however little of it the processor was busy."""
TIMES, BESIDE = 3, 10
"""A mutant may take this many times the seconds that the package as it is needs, and these: of the processor, and of
the clock, which one that waits for a lock has nothing but."""
MEMORY = 4 << 30
NOT_IMPORTED = (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.USAGE_ERROR)
"""Exit codes of pytest where a test file, or what it shares with others, cannot be imported."""
STRANGE = 99
"""Exit code of a process that could not be tested, or did not test its own copy."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The seconds that a mutant may keep the processor busy, and those that it may take in all."""

    busy: int
    whole: float


@dataclass(frozen=True, slots=True)
class Run:
    """One process with one mutant, and the folder with its copy of the package and what it prints."""

    module: str
    mutant: Mutant
    folder: Path
    started: float


def _started(module: str, mutant: Mutant, files: Iterable[str], most: int) -> tuple[int, Run]:
    folder = Path(tempfile.mkdtemp())
    shutil.copytree(PACKAGE, folder / "attorn")
    changed = folder / "attorn" / module
    changed.write_text(mutant.text)
    for compiled in (changed.parent / "__pycache__").glob(f"{changed.stem}.*"):
        compiled.unlink()
    process = os.fork()
    if process == 0:
        code = STRANGE
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (most, most + BESIDE))
            code = _tested(files, folder)
        finally:
            os._exit(code)
    return process, Run(module, mutant, folder, time.monotonic())


def _tested(files: Iterable[str], folder: Path) -> int:
    """1 as soon as a test fails with the package in `folder`, 0 if all pass, else another exit code of pytest's."""
    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    output = os.open(folder / "output", os.O_WRONLY | os.O_CREAT)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(ROOT)
    os.environ.update(PYTHONPATH=str(folder), PYTHONDONTWRITEBYTECODE="1", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    sys.path.insert(0, str(folder))
    strange = 0
    for file in files:
        code = int(pytest.main([*OPTIONS, file]))
        if code == pytest.ExitCode.TESTS_FAILED:
            return code
        # A file that can no longer be imported fails no test: perhaps the next one does, and if not, this was noticed.
        strange = strange or code
    where = sys.modules["attorn"].__file__
    if where is None or not Path(where).is_relative_to(folder):
        return STRANGE
    return int(pytest.ExitCode.TESTS_FAILED) if strange in NOT_IMPORTED else strange


def _files(module: str) -> tuple[str, ...]:
    return tuple(f"tests/{name}.py" for name in TESTS[module])


def _limits(module: str) -> Limits:
    """What mutants of a module are given: the package as it is must pass the tests, and shows how long they take."""
    unchanged = Mutant(0, "nothing", (PACKAGE / module).read_text())
    busy, began = 0, time.monotonic()
    for run, verdict, seconds in ended([(module, unchanged)], _files(module), 1, Limits(SECONDS, SECONDS)):
        if verdict != "survived":
            print((run.folder / "output").read_text())
            raise SystemExit(f"the tests of {module} do not pass with the package as it is: {verdict}")
        busy = math.ceil(seconds)
    whole = time.monotonic() - began
    return Limits(TIMES * busy + BESIDE, min(SECONDS, TIMES * whole + BESIDE))


def ended(
    work: list[tuple[str, Mutant]], files: Iterable[str], workers: int, limits: Limits
) -> Iterator[tuple[Run, str, float]]:
    """Each mutant, its verdict ("killed", "survived", "out of time" or "error N") and its processor time, as they end.

    Beyond either of the limits it is out of time.
    """
    waiting, running = iter(work), dict[int, Run]()
    while True:
        while len(running) < workers and (item := next(waiting, None)) is not None:
            process, run = _started(*item, files, limits.busy)
            running[process] = run
        if not running:
            return
        time.sleep(0.01)
        for process, run in list(running.items()):
            late = time.monotonic() - run.started > limits.whole
            if late:
                os.killpg(process, signal.SIGKILL)
            done, status, usage = os.wait4(process, 0 if late else os.WNOHANG)
            if done:
                del running[process]
                code = os.waitstatus_to_exitcode(status)
                late = late or code == -signal.SIGXCPU
                verdict = "out of time" if late else {0: "survived", 1: "killed"}.get(code, f"error {code}")
                yield run, verdict, usage.ru_utime + usage.ru_stime
                shutil.rmtree(run.folder)


def noticed(run: Run) -> str:
    """The test that failed, as pytest names it in its last lines."""
    lines = reversed((run.folder / "output").read_text(errors="replace").splitlines())
    return next((line.split(" ")[1] for line in lines if line.startswith(("FAILED ", "ERROR "))), "")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("--only", action="append", choices=TESTS, help="this module alone; may be repeated")
    parser.add_argument("--every", type=int, default=1, help="try every N-th mutant only")
    parser.add_argument("--line", action="append", type=int, help="mutants of this line alone; may be repeated")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes at a time")
    parser.add_argument("--json", type=Path, help="write the result to this file")
    options = parser.parse_args()
    for folder in (PACKAGE, ROOT / "tests"):
        compileall.compile_dir(folder, quiet=1)
    for library in LIBRARIES:
        importlib.import_module(library)
    # A failing example is enough: nobody reads the smallest.
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("mutants", phases=phases)
    hypothesis.settings.load_profile("mutants")
    if any(name.partition(".")[0] == "attorn" for name in sys.modules):
        raise SystemExit("attorn was imported before the processes part: no mutant would be seen")
    modules = options.only or list(TESTS)
    failed = False
    result: list[dict[str, object]] = []
    for module in modules:
        limits = _limits(module)
        work = [(module, mutant) for mutant in mutants((PACKAGE / module).read_text())][:: options.every]
        if options.line:
            work = [item for item in work if item[1].line in options.line]
        rest: list[dict[str, object]] = []
        for count, (run, verdict, _) in enumerate(ended(work, _files(module), options.workers, limits), start=1):
            killed = verdict in ("killed", "out of time")
            if not killed:
                rest.append({"line": run.mutant.line, "change": run.mutant.change, "verdict": verdict})
            place = f"{module}:{run.mutant.line} {run.mutant.change}"
            seconds = time.monotonic() - run.started
            shout = verdict if verdict == "killed" else verdict.upper()
            so_far = f"{count}/{len(work)} ({count - len(rest)} killed) {seconds:.0f} s"
            print(f"{so_far}  {shout}  {place}  {noticed(run)}".rstrip(), flush=True)
        print(f"{module}: {len(work) - len(rest)} of {len(work)} mutants killed", flush=True)
        failed = failed or any(str(each["verdict"]).startswith("error") for each in rest)
        result.append({"module": module, "mutants": len(work), "killed": len(work) - len(rest), "rest": rest})
        if options.json:
            options.json.write_text(json.dumps(result, indent=1))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
