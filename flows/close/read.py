"""Read the tape into a fresh scratch database, with terms and last month laid beside it."""

import shutil

from flows.close import stage
from flows.close.month import Month, open_scratch


def read_tapes(month: Month) -> None:
    """Read and cast the tape into a fresh scratch database, and lay terms and last month beside it."""
    from tapes.read.tape import read_tape
    from tapes.recognise.load import detect_format, load_formats

    formats, allowed = load_formats(), month.terms.tape_formats
    found = [detect_format(tape.path, formats, allowed, tape.file_name) for tape in month.tapes]
    shutil.rmtree(month.scratch, ignore_errors=True)
    month.scratch.mkdir(parents=True)
    with open_scratch(month) as connection:
        stage.stage_terms(
            connection, month.terms, month.period, month.run, month.request.deals_folder
        )
        lake = month.request.home.lake
        stage.stage_last_month(connection, lake, month.terms, month.period)
        stage.stage_book(connection, lake, month.terms, month.run)
        cut_off = month.period.collection_end_date
        read_tape(connection, month.tapes, found, cut_off, month.scratch)
