-- One row per party and role: trustee and service institutions (TR-1).
select
    party.line_number,
    party.role_code,
    party.party_name_zh,
    party.party_name_en,
    party.party_address,
    party.party_contact
from {{ source('deal', 'party') }} as party
