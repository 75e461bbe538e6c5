"""Side-by-side measurements of adcli. See README.md; no clock is asserted anywhere."""
