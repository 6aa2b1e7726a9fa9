"""What every room stands on: errors, configuration, platforms, a turn, variables, YAML, times."""
