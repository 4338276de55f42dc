"""`python -m rrsis_geo_cli`, where the rrsis-geo command is not on the path."""

from .main import main

main(prog_name="rrsis-geo")
