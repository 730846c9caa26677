"""Prints what the sides have told, a JSON object a line, as a table, and what was aimed at."""

import json
import sys

lines = [json.loads(line) for line in sys.stdin if line.startswith("{")]
width = max(len(line["what"]) for line in lines)
for line in lines:
    print(f"{line['side']:<24} {line['what']:<{width}} {line['value']:>10}  {line['note']}".rstrip())


def best(side, among="jobs/s,"):
    return max((line["value"] for line in lines if line["side"] == side and line["what"].startswith(among)), default=None)


def value(what):
    return next((line["value"] for line in lines if line["side"] == "s3cache" and line["what"].startswith(what)), None)


def aim(what, found, wanted):
    print(f"  {what}: {found} (aim: {wanted})")


print("beside the aims:")
ours = best("s3cache")
if ours:
    for side, wanted in (("pgqueuer", 3), ("procrastinate", 20)):
        if best(side):
            aim(f"best rate, times {side}'s", f"{ours / best(side):.1f}", f">= {wanted}")
aim("p50 from COMMIT to result, ms", value("p50"), "<= 2")
aim("p99 from COMMIT to result, ms", value("p99"), "<= 10")
for what, wanted in (("commits/s of 32 clients, workers busy", ">= 80%"), ("claim ms, a transaction open", "< 3 times")):
    notes = [line["note"] for line in lines if line["what"].startswith(what) and line["note"]]
    aim(what, "; ".join(notes), wanted)
queued = [line["note"] for line in lines if line["what"].endswith(" queued")]
aim("claim with a long queue", "; ".join(queued), "<= 2 times an empty queue")
