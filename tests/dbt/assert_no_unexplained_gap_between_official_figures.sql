-- A gap of this size is a wrong unit, a wrong basis or a slip until somebody has looked into it: correct the file's
-- row in
-- the source's corrections seed, mend its mapping, or acknowledge the gap with its reason in
-- seeds/decisions/acknowledged_gaps.csv.
with

    gaps as (select * from {{ ref("int_observations__gaps") }}),

    final as (

        select checked, source, mineral, basis, stage, measure, party, year, smallest, largest, ratio
        from gaps
        where reason is null

    )

select *
from final
order by ratio desc
