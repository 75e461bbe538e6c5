"""The entry point: `adcli`, and `python -m adcli`."""

from __future__ import annotations

import gc
import sys

from adcli.errors import INTERRUPTED


def main() -> None:
    """Run the command line.

    What is imported lives as long as the process: collecting it, then and at exit, took a sixth of the time
    of a gradient. Collection is on again once the program is parsed (`Request.function`).
    """
    gc.disable()
    try:
        from adcli.cli.app import main as run

        run()
    except KeyboardInterrupt:  # while it was imported
        sys.exit(INTERRUPTED)
    finally:
        gc.freeze()


if __name__ == "__main__":
    main()
