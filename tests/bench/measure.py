"""What all benchmarks share: fair timing, and the row that each prints."""

import gc
import json
import time
from contextlib import contextmanager


class Meter:
    """Seconds and queries of one side. Both sides start each part with the garbage collected,
    with an empty cache, and end it with a commit, as the scheduler does."""

    def __init__(self, env=None):
        self.env = env
        self.seconds = 0.0
        self.queries = 0

    @contextmanager
    def part(self):
        env = self.env
        if env:
            env.cr.commit()
            env.invalidate_all()
        gc.collect()
        queries = env.cr.sql_log_count if env else 0
        began = time.perf_counter()
        yield
        if env:
            env.cr.commit()
        self.seconds += time.perf_counter() - began
        if env:
            self.queries += env.cr.sql_log_count - queries


def report(name, number, product, floor, against, **more):
    """Print one row. ``ratio`` is the product's throughput over the floor's: 1 is as fast."""
    row = {
        "name": name,
        "number": number,
        "ratio": round(floor.seconds / product.seconds, 3),
        "ms": round(1000 * product.seconds / number, 4),
        "floor_ms": round(1000 * floor.seconds / number, 4),
        "queries": round(product.queries / number, 2) if product.env else None,
        "floor": against,
        **more,
    }
    print("ROW " + json.dumps(row), flush=True)
