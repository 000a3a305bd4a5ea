"""How far rounded figures of the report may be from what they sum to."""

# Shares and amounts per 100 are shown with 6 decimals; a handful of rounded shares still sum to 1.
ROUNDING = "0.000001"
SUM_ROUNDING = "0.00001"
