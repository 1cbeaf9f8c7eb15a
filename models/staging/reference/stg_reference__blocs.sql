with

    blocs as (select * from {{ ref("blocs") }}),

    final as (select bloc, name_en, name_zh, level, instrument, status, parent_bloc from blocs)

select *
from final
