"""Benchmarks, each as a ratio against its floor or peer in the same run."""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from .. import databases, odooserver, places, postgres, prepare, testdb
from ..say import Problem, done, step

FOLDER = places.ROOT / "tests" / "bench"
# Marks a row in what a benchmark prints.
ROW = "ROW "
# Name, whether it needs a database, its number when none is given, what is counted.
BENCHMARKS = {
    "billing_run": (True, 1000, "subscriptions of five components"),
    "rating": (False, 100_000, "charges"),
    "billing_close": (True, 900, "tenants of 60 partners"),
    "insight": (True, 10_000, "subscriptions in reports"),
    "billing_peer": (True, 1000, "contracts of OCA's"),
}
# The peer of `billing_peer`: AGPL, so it is installed for the benchmark alone, into a folder of
# its own, and never imported by the product.
PEER = "odoo-addon-contract==19.0.1.2.1.2"
PEER_FOLDER = places.VAR / "bench-peer"


def arguments():
    names = "\n".join(
        f"  {name:14} {number:>7,} {what}" for name, (_, number, what) in BENCHMARKS.items()
    )
    parser = argparse.ArgumentParser(
        prog="./setup/bench",
        description=__doc__,
        epilog=f"benchmarks:\n{names}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which; all of them by default")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON, nothing else")
    parser.add_argument("--number", type=int, help="how many, to run smaller")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark is called {unknown[0]}; there are {', '.join(BENCHMARKS)}")
    if options.number is not None and options.number < 1:
        parser.error("--number must be at least 1")
    return options


def main() -> int:
    options = arguments()
    names = options.names or list(BENCHMARKS)
    # Progress goes to the person, rows to whoever reads standard output.
    with contextlib.redirect_stdout(sys.stderr):
        with prepare.alone():
            server = prepare.environment(http_interface="127.0.0.1")
            needed = any(BENCHMARKS[name][0] for name in names)
            template = testdb.template(server) if needed else None
        rows = [
            row
            for name in names
            for row in run(server, template, name, options.number or BENCHMARKS[name][1])
        ]
    print(json.dumps(rows, indent=2) if options.json else table(rows))
    return 0


def run(server, template, name, number) -> list:
    """The rows of one benchmark, run in a process of its own on a throw-away database."""
    began = time.monotonic()
    step(f"{name}: {number:,} {BENCHMARKS[name][2]}")
    if not BENCHMARKS[name][0]:
        output = _script(name, number)
    else:
        if name == "billing_peer":
            ensure_peer()
        database = f"bench_{name}"
        postgres.clone(server, template, database)
        try:
            output = _in_odoo(server, database, name, number)
        finally:
            postgres.drop(server, database)
    found = [json.loads(line[len(ROW) :]) for line in output.splitlines() if line.startswith(ROW)]
    if not found:
        raise Problem(f"The benchmark {name} printed no row:\n{output[-1500:]}")
    done(f"{name} measured", began)
    return found


def _in_odoo(server, database, name, number) -> str:
    if name == "billing_peer":
        databases.batch(server, database, _log(name), "-i", "contract", env=_peer_path())
    script = (
        f"import sys; sys.path.insert(0, {str(FOLDER)!r})\n"
        f"import {name}\n"
        f"{name}.main(env, {number})\n"
    )
    environment = _peer_path() if name == "billing_peer" else {}
    return databases.shell(server, database, script, log=f"bench-{name}.log", env=environment)


def _script(name, number) -> str:
    ran = subprocess.run(
        [str(places.PYTHON), str(FOLDER / f"{name}.py"), str(number)],
        capture_output=True,
        text=True,
        cwd=places.ROOT,
    )
    if ran.returncode:
        raise Problem(f"The benchmark {name} failed:\n{ran.stderr[-1500:]}")
    return ran.stdout


def _log(name) -> Path:
    places.LOGS.mkdir(parents=True, exist_ok=True)
    return places.LOGS / f"bench-{name}.log"


def ensure_peer() -> None:
    """OCA's addon in a folder of its own, from the package index that pip is configured for."""
    if (PEER_FOLDER / "odoo" / "addons" / "contract").is_dir():
        return
    began = time.monotonic()
    step("fetching the peer from the package index")
    ran = subprocess.run(
        [str(places.PYTHON), "-m", "pip", "install", "--quiet", "--no-deps",
         "--disable-pip-version-check", "--target", str(PEER_FOLDER), PEER],
        capture_output=True, text=True,
    )  # fmt: skip
    if ran.returncode:
        raise Problem(f"The peer could not be fetched: {ran.stderr.strip()[-800:]}")
    done("peer fetched", began)


def _peer_path() -> dict:
    """`odoo` is a namespace package, so an addon beside it is found by the Python path."""
    paths = [odooserver.environment(postgres.own_server())["PYTHONPATH"], str(PEER_FOLDER)]
    return {"PYTHONPATH": os.pathsep.join(paths)}


def table(rows) -> str:
    """One line a row: ratio first, then what it is made of."""
    lines = [f"{'':24}{'ratio':>8}{'ms each':>10}{'floor ms':>10}{'queries':>9}  floor"]
    for row in rows:
        queries = f"{row['queries']:.2f}" if row.get("queries") is not None else ""
        lines.append(
            f"{row['name']:24}{row['ratio']:8.2f}{row['ms']:10.3f}{row['floor_ms']:10.3f}"
            f"{queries:>9}  {row['floor']}"
        )
    return "\n".join(lines)
