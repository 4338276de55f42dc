"""Data sets of land cover, vehicles, ships, pools, panels and more buildings."""
