"""Test results as sql/test/support/prove.sh prints them."""

SHOWN = 20  # of what was wrong
failures = 0


def prove(name, problems):
    """Reports one test, which holds if there is no problem. Of each as much as fits into a line is shown, in ASCII."""
    global failures
    try:
        problems = list(problems)
    except Exception as error:  # whatever a server does is a test that failed, not the end of all tests
        problems = [f"{type(error).__name__}: {error}"]
    print("not ok" if problems else "ok", name, flush=True)
    for problem in problems[:SHOWN]:
        print("#  ", ascii(problem)[:400])
    if problems:
        failures += 1
        print("#  ", len(problems), "problems", flush=True)


def unless(holds, otherwise):
    """No problem, or one."""
    return [] if holds else [otherwise]
