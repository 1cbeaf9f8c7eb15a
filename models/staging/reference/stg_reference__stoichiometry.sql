with

    stoichiometry as (select * from {{ ref("stoichiometry") }}),

    final as (select element, basis_from, basis_to, {{ as_number("factor") }} as factor, source from stoichiometry)

select *
from final
