"""What the commands tell the person at the terminal."""

import sys
import time


class Problem(Exception):
    """Something the person can mend; its text says what to do."""


def step(text: str) -> None:
    print(f"· {text}", flush=True)


def done(text: str, since: float) -> None:
    print(f"  {text} ({time.monotonic() - since:.0f} s)", flush=True)


def guarded(main):
    """Run ``main()``; a :class:`Problem` becomes one sentence and exit status 1."""
    try:
        return main()
    except Problem as problem:
        print(f"\n✗ {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n✗ Stopped. Start the same command again to go on where it was.", file=sys.stderr)
        return 130
