{# Printed rates of change beside the two amounts that the same document prints for the years they lie between. #}
with

    claims as (select * from {{ ref("int_claims__intervals") }}),

    changes as (

        select
            *,
            case
                measure
                when 'market_size_change'
                then 'market_size'
                when 'trade_growth'
                then 'trade_value'
                when 'price_change'
                then 'price'
            end as amount_measure,
            -- A rate without a period of its own is against the year before.
            case
                when as_of like '____/____' then {{ as_integer("substr(as_of, 1, 4)") }} else year - 1
            end as year_from,
            case when as_of like '____/____' then {{ as_integer("substr(as_of, 6, 4)") }} else year end as year_to
        from claims
        where measure in ('market_size_change', 'trade_growth', 'price_change') and base_unit in ('percent', 'times')

    ),

    amounts as (select * from claims where measure in ('market_size', 'trade_value', 'price') and value > 0),

    final as (

        select
            changes.claim_id as change_id,
            before.claim_id as before_id,
            after.claim_id as after_id,
            changes.document,
            changes.mineral,
            changes.party,
            changes.bloc,
            changes.year_from,
            changes.year_to,
            changes.low as change_low,
            changes.high as change_high,
            -- A multiple is the ratio itself, a percentage what exceeds one.
            case
                when changes.base_unit = 'times'
                then 1.0 * after.low / before.high
                else 100.0 * (after.low / before.high - 1)
            end as implied_low,
            case
                when changes.base_unit = 'times'
                then 1.0 * after.high / before.low
                else 100.0 * (after.high / before.low - 1)
            end as implied_high,
            case
                when changes.base_unit = 'times'
                then 1.0 * after.value / before.value
                else 100.0 * (after.value / before.value - 1)
            end as implied,
            changes.base_unit
        from changes
        inner join
            amounts as before
            on changes.document = before.document
            and changes.amount_measure = before.measure
            and changes.year_from = before.year
            and {{ same_text("changes.mineral", "before.mineral") }}
            and {{ same_text("changes.party", "before.party") }}
            and {{ same_text("changes.bloc", "before.bloc") }}
        inner join
            amounts as after
            on changes.document = after.document
            and changes.amount_measure = after.measure
            and changes.year_to = after.year
            and before.base_unit = after.base_unit
            and {{ same_text("changes.mineral", "after.mineral") }}
            and {{ same_text("changes.party", "after.party") }}
            and {{ same_text("changes.bloc", "after.bloc") }}

    )

select *
from final
