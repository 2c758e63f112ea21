"""``./setup/simulate``: price a scenario with the engine of the nightly run, no database."""

import argparse
import json
import sys
from pathlib import Path

from controlplane import engines

BAD_INPUT = 2


def main(arguments: list[str] | None = None) -> int:
    """Print the answer and return 0, or one line per error on stderr and 2."""
    options = _parser().parse_args(arguments)
    engines.install()
    from cp.tenant_billing.engine import scenario

    try:
        data = _read(options.file)
    except OSError as error:
        print(f"{ascii(options.file)}: {error.strerror or error}", file=sys.stderr)
        return BAD_INPUT
    try:
        answer = scenario.simulate(data)
    except scenario.ScenarioInvalid as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    try:
        print(json.dumps(answer, indent=2), flush=True)
    except BrokenPipeError:
        # The reader went away (| head); keep the interpreter from complaining at exit.
        sys.stderr.close()
    return 0


def _read(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="setup/simulate", description=__doc__)
    topics = parser.add_subparsers(dest="topic", required=True, metavar="TOPIC")
    billing = topics.add_parser(
        "billing", help="what one leg of a subscription charges", description=__doc__
    )
    billing.add_argument("file", metavar="FILE.json", help="the scenario; - reads standard input")
    return parser
