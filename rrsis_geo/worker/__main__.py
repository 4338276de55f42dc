"""`python -I -u -m rrsis_geo.worker`: see docs/worker.md."""

from rrsis_geo.worker.main import main

if __name__ == "__main__":  # processes of an engine import this file
    main()
