{# The cells of printed tables of a bloc's holdings: members' total, world total, share. #}
with

    figures as (select * from {{ ref("int_claims__figures") }}),

    final as (

        select
            document,
            {{ as_integer("substr(locator, 7, 1)") }} as table_no,
            mineral,
            case when measure like '%_share' then 'share' when bloc is null then 'world' else 'members' end as cell,
            printed,
            value as printed_value,
            unit,
            claim_flag,
            bloc,
            text_line,
            -- What the printed digits leave open: half a unit of the last one.
            0.5 * power(
                10, - greatest(length(printed) - strpos(printed, '.'), 0) * sign(strpos(printed, '.'))
            ) as half_digit,
            locator
        from figures
        where
            locator like 'Table _, row%'
            and measure
            in ('production', 'reserves', 'resources', 'production_share', 'reserves_share', 'resources_share')

    )

select *
from final
