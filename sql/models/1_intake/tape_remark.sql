-- One row per file, kind and item of what a reader of the month's tape should know of its rows.
select
    remark.tape_sha256,
    remark.remark_code,
    remark.item_name,
    remark.remark_text,
    remark.row_count
from {{ source('landed', 'remark') }} as remark
