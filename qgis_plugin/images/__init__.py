"""What is known of raster layers before they are searched."""
