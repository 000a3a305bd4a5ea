"""The tape as a whole: rows and totals as read, beside what its control files state."""

import duckdb

TAPE_TOTAL = """
    create or replace view landed.tape_total as
    with file as (
        select
            sum(row_count)::bigint as row_count,
            -- One file without a control file leaves the count of the whole unstated.
            case when count(control_row_count) = count(*) then sum(control_row_count)::bigint end
                as control_row_count
        from landed.tape_file
    ),
    difference as (
        select
            count(*) as difference_count,
            string_agg(
                column_name || ' stated ' || stated_total || ' read ' || coalesce(read_total, 0),
                ', ' order by column_name
            ) as difference_text
        from landed.control_total
        where stated_total is distinct from coalesce(read_total, 0)
    )
    select
        file.row_count,
        (select count(*) from landed.tape_row) as read_row_count,
        (select count(*) from landed.malformed_row) as malformed_row_count,
        (select count(*) from landed.failed_row) as quarantined_row_count,
        file.control_row_count,
        difference.difference_count as control_difference_count,
        difference.difference_text as control_difference_text
    from file cross join difference
"""


def total_tape(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the one-row view `landed.tape_total` over the tables of `landed`, `failed_row` included."""
    connection.execute(TAPE_TOTAL)
