"""Make rows and files of a synthetic tape dirty, in the ways that real tapes are, and say which and how.

The kinds are those that were seen in real tapes (docs/dirt.md). Each names the rule that is expected to
catch it, so that detection can be measured. The book itself stays clean: next month's tape knows nothing of
this month's dirt.
"""
