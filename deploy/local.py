"""The newcomer's door: `python3 deploy/local.py run` or `... install [EXTRA ...]`.

Runs on the bare Python of the machine, before anything is installed. This file alone is written
for Python 3.6, so that an old one gets a sentence and not a syntax error.
"""

import os
import signal
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOO_OLD = (
    "Нужен Python 3.11 или новее, а здесь {found}: укажите его так: make run PYTHON=python3.12 / "
    "Python 3.11 or newer is needed, this is {found}: name one like this: "
    "make run PYTHON=python3.12\n"
)


def refuse_old_python() -> None:
    if sys.version_info[:2] < OLDEST:
        line = TOO_OLD.format(found=".".join(str(part) for part in sys.version_info[:3]))
        sys.stderr.flush()
        os.write(2, line.encode("utf-8"))
        raise SystemExit(1)


def main() -> int:
    refuse_old_python()
    # Until the runner listens, a Ctrl-C waits instead of tearing an import apart.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    sys.dont_write_bytecode = True
    sys.path[0] = ROOT
    os.chdir(ROOT)
    from deploy.runner.commands import run_command

    return run_command(sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
