"""Everything a change must pass, from a bare checkout too."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from .. import addons, databases, odooserver, places, postgres, prepare, testdb
from ..say import Problem, done, step

COUNT = re.compile(r"(\d+) (passed|failed|skipped|errors?|xfailed|xpassed|warnings?|deselected)")
# Tests that may skip, with the reason. Empty: every test runs everywhere.
MAY_SKIP: dict = {}
BILLING = "tenant_billing"
# Two halves that take about equally long, run side by side; they share no database. Only the second
# one makes tenants with servers of their own.
LANES = (("unit", "models_billing", "e2e"), ("models", "faults"))
CHROMIUM = ("chromium", "google-chrome", "chromium-browser", "google-chrome-stable")


def arguments():
    parser = argparse.ArgumentParser(prog="./setup/test", description=__doc__)
    parser.add_argument("--unit", action="store_true", help="engines only, in seconds")
    parser.add_argument("--addon", help="models of one addon only")
    parser.add_argument("--e2e", action="store_true", help="browser tours only")
    parser.add_argument("--faults", action="store_true", help="two-process tests only")
    parser.add_argument("-k", dest="match", help="only tests whose name matches")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    began = time.monotonic()
    lanes = [[name for name in lane if _wanted(name, options)] for lane in LANES]
    chosen = {name for lane in lanes for name in lane}
    with prepare.alone():
        server = prepare.environment(http_interface="127.0.0.1")
        if "e2e" in chosen:
            ensure_browser()
        template = testdb.template(server) if chosen - {"unit"} else None
    with ThreadPoolExecutor(len(LANES)) as pool:
        results = [
            result
            for lane in pool.map(lambda lane: run_lane(lane, server, template, options), lanes)
            for result in lane
        ]
    failed = any(code not in (0, 5) for code, _counts in results)
    totals: dict = {}
    for _code, counts in results:
        for kind, number in counts.items():
            totals[kind] = totals.get(kind, 0) + number
    if totals.get("skipped", 0) > len(MAY_SKIP):
        failed = True
        print("✗ tests were skipped that are on no list; see above", file=sys.stderr)
    if not totals:
        raise Problem("No test was found. Is the name after -k or --addon right?")
    print(summary(totals, time.monotonic() - began, failed))
    return 1 if failed else 0


def _wanted(name, options) -> bool:
    if options.unit:
        return name == "unit"
    if options.addon:
        return name == ("models_billing" if options.addon == BILLING else "models")
    if options.e2e or options.faults:
        return (name == "e2e" and options.e2e) or (name == "faults" and options.faults)
    return True


def run_lane(names, server, template, options) -> list:
    """One after the other: what each part answered and counted."""
    return [globals()[f"run_{name}"](server, template, options) for name in names]


def summary(totals, seconds, failed) -> str:
    """The last line, in the form of pytest's own."""
    if failed and not totals.get("failed") and not totals.get("error"):
        totals = {**totals, "error": 1}
    order = ("failed", "passed", "skipped", "deselected", "xfailed", "warning", "error")
    parts = []
    for kind in order:
        number = totals.get(kind, 0)
        if number:
            plural = "s" if kind in ("warning", "error") and number != 1 else ""
            parts.append(f"{number} {kind}{plural}")
    return f"{', '.join(parts) or 'no tests ran'} in {seconds:.2f}s"


def pytest(name, arguments, env, match) -> tuple:
    """Run one pytest process, show its output under a name, and add up its last line."""
    command = [str(places.PYTHON), "-m", "pytest", "-q", "-rs", "--color=no", *arguments]
    if match:
        command += ["-k", match]
    process = subprocess.Popen(
        command, env=env, cwd=places.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace",
    )  # fmt: skip
    lines = []
    for line in process.stdout:
        print(f"{name:>7} │ {line}", end="", flush=True)
        lines.append(line)
    code = process.wait()
    counts: dict = {}
    for line in reversed(lines):
        if " in " in line and COUNT.search(line):
            for number, kind in COUNT.findall(line):
                kind = kind.rstrip("s") if kind.startswith(("error", "warning")) else kind
                counts[kind] = counts.get(kind, 0) + int(number)
            break
    if code not in (0, 5) and not (counts.get("failed") or counts.get("error")):
        counts["error"] = counts.get("error", 0) + 1
    return code, counts


def run_unit(server, template, options) -> tuple:
    step("engines")
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    arguments = ["-p", "no:odoo", "--import-mode=importlib", "--numprocesses=auto", "tests/unit"]
    return pytest("engines", arguments, env, options.match)


def run_models_billing(server, template, options) -> tuple:
    step("models of billing")
    return _in_database(server, template, "billing", [f"addons/{BILLING}/tests"], options)


def run_models(server, template, options) -> tuple:
    step("models and scenarios")
    chosen = [options.addon] if options.addon else [a for a in addons.ADDONS if a != BILLING]
    folders = [f"addons/{addon}/tests" for addon in chosen]
    if not options.addon:
        folders.append("tests/scenarios")
    return _in_database(server, template, "models", folders, options)


def run_e2e(server, template, options) -> tuple:
    step("browser tours")
    return _in_database(server, template, "e2e", ["tests/e2e"], options)


def _in_database(server, template, name, folders, options) -> tuple:
    """pytest-odoo on a clone of the template database."""
    present = [folder for folder in folders if list((places.ROOT / folder).glob("**/test_*.py"))]
    if not present:
        return 5, {}
    database = f"test_{name}"
    postgres.clone(server, template, database)
    log = places.LOGS / f"test-{name}.log"
    log.unlink(missing_ok=True)
    rc = testdb.config(server, database, log)
    env = {
        **odooserver.environment(server),
        **testdb.tenant_environment(database),
        "ODOO_RC": str(rc),
        "OPENERP_SERVER": str(rc),
    }
    try:
        code, counts = pytest(
            name,
            [*present, "--odoo-http", f"--odoo-database={database}", f"--odoo-config={rc}",
             "--rootdir", str(places.ROOT), "-p", "no:cacheprovider"],
            env,
            options.match,
        )  # fmt: skip
    finally:
        databases.stop_tenants(testdb.tenants(database))
        for each in [*databases.of_tenants(server, database), database]:
            postgres.drop(server, each)
    found = testdb.unexpected(log)
    if found:
        print("\n".join(found[:20]))
        print(f"✗ {len(found)} unexpected warnings or errors in {log.name}", file=sys.stderr)
        counts["error"] = counts.get("error", 0) + 1
        code = code or 1
    return code, counts


def run_faults(server, template, options) -> tuple:
    step("two processes and faults")
    if not list((places.ROOT / "tests/faults").glob("test_*.py")):
        return 5, {}
    env = {
        **odooserver.environment(server),
        "CONTROL_PLANE_TEMPLATE": template,
        "CONTROL_PLANE_PGHOST": server.host,
    }
    return pytest("faults", ["-p", "no:odoo", "tests/faults"], env, options.match)


def ensure_browser() -> None:
    """Browser tours need Chromium; as root it is installed, otherwise the person is told."""
    if any(shutil.which(name) for name in CHROMIUM):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        began = time.monotonic()
        step("installing chromium")
        subprocess.run(["apt-get", "update", "-qq"], check=False, stdout=subprocess.DEVNULL)
        subprocess.run(
            ["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium",
             "fonts-liberation"],
            check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )  # fmt: skip
        if shutil.which("chromium"):
            done("chromium ready", began)
            return
    raise Problem(
        "The browser tests need Chromium. Install it: sudo apt-get install chromium "
        "fonts-liberation; or leave them out: ./setup/test --unit"
    )
