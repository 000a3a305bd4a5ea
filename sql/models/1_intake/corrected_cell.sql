-- One row per cell of the tape that was corrected by hand: what stood there, and what stands there now.
select
    correction.tape_sha256,
    correction.row_number,
    correction.column_name,
    correction.read_value,
    correction.corrected_value
from {{ source('landed', 'correction') }} as correction
