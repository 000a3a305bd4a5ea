"""Approve the draft of a closed month's report: from then on it is published, and never changes."""

from pathlib import Path

from flows.close.report import read_pack, write_report
from flows.entries.approvals import keep_approval
from flows.entries.evidence import EntryRefused
from flows.home import Home
from flows.refusals import UsageError


def approve(home: Home, deal_id: str, month: str, by: str, note: str) -> Path:
    """Keep the approval of the month's draft, and write its report as published; the manifest.

    EntryRefused where the report is no draft, or its files are not as they were written.
    """
    from reports.publish.verify import find_month_faults

    place = f"{deal_id} {month}"
    if not by.strip():
        raise UsageError(f"--by {by!r}: expected the name of who approves; give it")
    pack = read_pack(home, deal_id, month)
    if pack.approval:
        raise EntryRefused(
            f"{place}: run {pack.run_id} was approved by {pack.approval.by} at "
            f"{pack.approval.approved_at}, expected a draft; there is nothing to approve"
        )
    if not pack.needs_approval:
        raise EntryRefused(
            f"{place}: run {pack.run_id} was published when it was closed, expected a draft, as of a deal "
            "whose terms say [report] needs_approval = true; there is nothing to approve"
        )
    if faults := find_month_faults(home.report_folder(deal_id, month)):
        raise EntryRefused(
            f"{place}: {faults[0]}, expected the draft as it was written; run "
            f"`tapehouse report {deal_id} {month}`, look at it again, then approve it"
        )
    keep_approval(home, deal_id, month, pack.run_id, by, note)
    return write_report(home, deal_id, month)
