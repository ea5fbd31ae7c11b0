"""Reports computed from plans and states: drift, explanation, attribution, comparison."""
