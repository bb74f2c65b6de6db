"""`make mutants`: change the verifier and the container code in small wrong ways, and see which tests notice.

    python -m tests.mutation [--only MODULE] [--every N] [--json OUT]

Every mutant runs against its own copy of the package, in as many processes as there are cores. A mutant that no test
notices survives and is listed; docs/mutation.md says why each is harmless.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutation.mutants import Mutant, mutants

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "src" / "attorn"
MODULES = (
    "biscuit/admission.py",
    "biscuit/container.py",
    "biscuit/signature.py",
    "token/chain.py",
    "token/link.py",
    "token/presentation.py",
    "token/principal.py",
    "verify/cache.py",
    "verify/chain.py",
    "verify/clearing.py",
    "verify/verifier.py",
)
SUITE = (
    "tests/attacks/test_vectors.py",
    "tests/unit/test_verifier.py",
    "tests/unit/test_verifier_again.py",
    "tests/unit/test_counted.py",
    "tests/unit/test_counted_windows.py",
    "tests/unit/test_revocation.py",
    "tests/unit/test_shapes.py",
    "tests/oracle/test_biscuit_samples.py",
    "tests/attacks",
    "tests/unit/test_identity.py",
    "tests/unit/test_identity_links.py",
    "tests/property/test_codec.py",
    "tests/property/test_holder_binding.py",
)
SECONDS = 400


def survives(module: str, mutant: Mutant) -> bool:
    """Whether the whole suite passes with this mutant in place."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(PACKAGE, Path(folder, "attorn"), ignore=shutil.ignore_patterns("__pycache__"))
        Path(folder, "attorn", module).write_text(mutant.text)
        environment = {**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-m", "not long", *SUITE]
        try:
            run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return False
        return run.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("--only", action="append", choices=MODULES, help="this module alone; may be repeated")
    parser.add_argument("--every", type=int, default=1, help="try every N-th mutant only")
    parser.add_argument("--json", type=Path, help="write the result to this file")
    options = parser.parse_args()
    work = [
        (module, mutant) for module in options.only or MODULES for mutant in mutants((PACKAGE / module).read_text())
    ]
    work = work[:: options.every]
    survivors: list[dict[str, object]] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for (module, mutant), alive in zip(work, pool.map(lambda item: survives(*item), work), strict=True):
            if alive:
                survivors.append({"module": module, "line": mutant.line, "change": mutant.change})
                print(f"SURVIVED {module}:{mutant.line} {mutant.change}", flush=True)
    killed = len(work) - len(survivors)
    print(f"{killed} of {len(work)} mutants killed ({killed / len(work):.1%})")
    if options.json:
        options.json.write_text(json.dumps({"mutants": len(work), "killed": killed, "survivors": survivors}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
