-- One row per cell of the tape that could not be read as its column's type.
select
    bad_cell.tape_sha256,
    bad_cell.file_name,
    bad_cell.row_number,
    bad_cell.column_name,
    bad_cell.cell_text,
    bad_cell.expected_type
from {{ source('landed', 'bad_cell') }} as bad_cell
