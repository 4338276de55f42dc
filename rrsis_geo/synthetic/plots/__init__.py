"""Land use of a drawn scene, plot by plot."""
