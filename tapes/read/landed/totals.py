"""The tape as a whole: rows and totals as read, beside what its control files and footers state."""

import duckdb

TAPE_TOTAL = """
    create or replace view landed.tape_total as
    with file as (
        select
            sum(row_count)::bigint as row_count,
            sum(left_out_row_count)::bigint as left_out_row_count,
            string_agg(file_name, ', ' order by part_number) filter (not is_ended)
                as unended_file_text,
            -- One file without a control file leaves the count of the whole unstated.
            case when count(control_row_count) = count(*) then sum(control_row_count)::bigint end
                as control_row_count,
            string_agg(
                'stated ' || control_row_count || ' (' || file_name || ', ' || control_row_place || ') read '
                || row_count,
                ', ' order by part_number
            ) filter (control_row_count <> row_count) as control_row_text
        from landed.tape_file
    ),
    difference as (
        select
            count(*) as difference_count,
            string_agg(
                column_name || ' stated ' || rtrim(rtrim(stated_total::varchar, '0'), '.')
                || ' (' || file_name || ', ' || place || ')'
                || ' read ' || rtrim(rtrim(coalesce(read_total, 0)::varchar, '0'), '.'),
                ', ' order by column_name, part_number
            ) as difference_text
        from landed.control_total
        join landed.tape_file using (tape_sha256)
        where stated_total is distinct from coalesce(read_total, 0)
    ),
    bad_row as (
        select first_rule_id as reason, tape_sha256, row_number from landed.failed_row
        union all
        select 'malformed', tape_sha256, row_number from landed.malformed_row
    ),
    commonest as (
        select
            reason,
            count(*) as reason_count,
            arg_min({'tape_sha256': tape_sha256, 'row_number': row_number}, row_number) as at
        from bad_row group by reason order by reason_count desc, reason limit 1
    ),
    quarantine as (
        select any_value(
            commonest.reason || ' in ' || commonest.reason_count || ' rows, first '
            || named.file_name || ' row ' || commonest.at.row_number
            || coalesce(
                ' column ' || cell.column_name || ' value ' || cell.cell_text
                || ', expected ' || cell.expected_type,
                ''
            )
        ) as quarantine_text
        from commonest
        join landed.tape_file as named on commonest.at.tape_sha256 = named.tape_sha256
        left join landed.bad_cell as cell
            on commonest.at.tape_sha256 = cell.tape_sha256
            and commonest.at.row_number = cell.row_number
    )
    select
        file.row_count,
        file.left_out_row_count,
        (select count(*) from landed.tape_row) as read_row_count,
        (select count(*) from landed.malformed_row) as malformed_row_count,
        (select count(*) from landed.failed_row) as quarantined_row_count,
        file.control_row_count,
        file.control_row_text,
        file.unended_file_text,
        difference.difference_count as control_difference_count,
        difference.difference_text as control_difference_text,
        quarantine.quarantine_text
    from file cross join difference cross join quarantine
"""


def total_tape(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the one-row view `landed.tape_total` over the tables of `landed`, `failed_row` included."""
    connection.execute(TAPE_TOTAL)
