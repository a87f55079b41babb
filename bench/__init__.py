"""Speed, measured as ratios in one run; beside the packages, imported by none."""
