-- Countries and residual of one series against its published world total: rounding explains a few percent, a wrong unit
-- or a total summed as a country does not. Withheld output and lower bounds leave a gap that is no fault.
{{ config(severity="error") }}
with

    series as (select * from {{ ref("int_shares__series") }}),

    final as (

        select *, world_all_rows / world_published - 1 as gap
        from series
        where
            world_published > 0
            and n_withheld = 0
            and (world_all_rows / world_published > 1.05 or world_all_rows / world_published < 0.95)

    )

select *
from final
