"""GeoPackages that hold more than one layer of ours."""
