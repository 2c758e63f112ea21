"""./setup/simulate as its users run it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = Path(__file__).resolve().parents[3] / "setup" / "simulate"
SCENARIO = {
    "currency": "EUR",
    "decimal_places": 2,
    "subscription": {"start": "2026-01-01", "anchor_day": 1, "timezone": "UTC",
                     "interval": "month", "interval_count": 1, "end": None},
    "components": [{"code": "base", "kind": "recurring", "timing": "advance", "quantity": "1",
                    "price": {"model": "flat", "amount": "100.00"}}],
    "as_of": "2026-02-01",
}  # fmt: skip


def simulate(*arguments: str, data: str = "", **environment: str):
    return subprocess.run(
        [sys.executable, "-I", str(COMMAND), *arguments],
        input=data,
        capture_output=True,
        text=True,
        cwd="/",
        env={**os.environ, **environment},
        timeout=60,
    )


def test_a_file_is_priced(tmp_path):
    """Without any installed package (isolated interpreter) and from any folder."""
    file = tmp_path / "scenario.json"
    file.write_text(json.dumps(SCENARIO))
    done = simulate("billing", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert [row["amount"] for row in answer["charges"]] == ["100.00", "100.00"]
    assert answer["total"] == "200.00"


def test_standard_input_is_read_and_errors_are_lines():
    done = simulate("billing", "-", data=json.dumps({**SCENARIO, "as_of": 1, "x": 2}))
    assert (done.returncode, done.stdout) == (2, "")
    paths = [line.split(":")[0] for line in done.stderr.splitlines()]
    assert paths == ["$.as_of", "$.x"]


@pytest.mark.parametrize("arguments", [["billing", "/no/such/file.json"], ["billing", "/"]])
def test_a_file_that_cannot_be_read_is_one_line(arguments):
    done = simulate(*arguments)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [[], ["health", "x"], ["billing"]])
def test_a_wrong_command_shows_its_usage(arguments):
    done = simulate(*arguments)
    assert done.returncode == 2
    assert "usage:" in done.stderr


def test_the_script_can_be_executed():
    assert os.access(COMMAND, os.X_OK)
    assert COMMAND.read_text().startswith("#!/usr/bin/env python3\n")
