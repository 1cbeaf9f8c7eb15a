{# Printed shares beside the ratio of their numerator and denominator: both printed in the same table or text, or, where a
   document prints no world total, over the totals of other documents and of official series. #}
with

    claims as (select * from {{ ref("int_claims__intervals") }}),

    official as (select * from {{ ref("int_claims__official") }}),

    stated as (select * from {{ ref("int_claims__stated") }} where party is null),

    editions as (select * from {{ ref("int_editions__described") }}),

    shares as (

        select *, replace(measure, '_share', '') as amount_measure
        from claims
        where measure like '%_share' and base_unit = 'percent' and coalesce(party, bloc) is not null

    ),

    amounts as (select * from claims where base_unit <> 'percent' and value > 0),

    worlds as (select * from amounts where party is null and bloc is null),

    pairs as (

        select
            shares.claim_id as share_id,
            amounts.claim_id as amount_id,
            shares.document,
            shares.place,
            shares.mineral,
            shares.amount_measure,
            shares.base_unit as share_unit,
            amounts.base_unit,
            amounts.basis,
            coalesce(shares.year, amounts.year) as year,
            shares.low as share_low,
            shares.high as share_high,
            shares.half_unit as share_half_unit,
            shares.text_line as share_line,
            amounts.text_line as amount_line,
            amounts.value as amount,
            amounts.low as amount_low,
            amounts.high as amount_high
        from shares
        inner join
            amounts
            on shares.document = amounts.document
            and shares.place = amounts.place
            and shares.amount_measure = amounts.measure
            and {{ same_text("shares.mineral", "amounts.mineral") }}
            and {{ same_text("shares.party", "amounts.party") }}
            and {{ same_text("shares.bloc", "amounts.bloc") }}
            and {{ years_agree("shares.year", "amounts.year") }}
            -- A table has a year for all its cells; in a text only the same passage lends its year.
            and (
                shares.place <> 'text'
                or coalesce(shares.year, 0) = coalesce(amounts.year, 0)
                or shares.locator = amounts.locator
            )

    ),

    over_worlds as (

        select
            pairs.*,
            case when worlds.document = pairs.document then 1 else 2 end as preference,
            worlds.claim_id as world_id,
            case when worlds.document = pairs.document then 'own' else 'other_document' end as world_kind,
            worlds.document as world_document,
            worlds.locator as world_locator,
            worlds.printed as world_printed,
            worlds.text_line as world_line,
            worlds.value as world,
            worlds.low as world_low,
            worlds.high as world_high
        from pairs
        inner join
            worlds
            on pairs.amount_measure = worlds.measure
            and {{ same_text("pairs.mineral", "worlds.mineral") }}
            and pairs.base_unit = worlds.base_unit
            and {{ years_agree("pairs.year", "worlds.year") }}
            -- In the table or text of the share; elsewhere, where that has no total. Output is of a year, reserves
            -- last.
            and (
                (pairs.document = worlds.document and pairs.place = worlds.place)
                or (
                    pairs.document <> worlds.document
                    and (pairs.amount_measure in ('reserves', 'resources') or pairs.year = worlds.year)
                )
            )

    ),

    over_official as (

        select
            pairs.*,
            2 as preference,
            cast(null as {{ dbt.type_string() }}) as world_id,
            'official' as world_kind,
            editions.document as world_document,
            official.source
            || ' '
            || official.edition
            || ', '
            || official.mineral
            || ', '
            || official.measure
            || ', world, '
            || official.basis
            || ', '
            || cast(official.year as {{ dbt.type_string() }}) as world_locator,
            {{ number_text("official.world") }} || ' t' as world_printed,
            cast(null as integer) as world_line,
            official.world,
            official.world as world_low,
            official.world as world_high
        from pairs
        inner join official on pairs.amount_id = official.claim_id
        inner join editions on official.source = editions.source and official.edition = editions.edition
        where official.world > 0

    ),

    over_stated as (

        select
            pairs.*,
            2 as preference,
            cast(null as {{ dbt.type_string() }}) as world_id,
            'official' as world_kind,
            stated.document as world_document,
            stated.locator as world_locator,
            {{ number_text("stated.value") }} || ' ' || stated.base_unit as world_printed,
            cast(null as integer) as world_line,
            stated.value as world,
            stated.low as world_low,
            stated.high as world_high
        from pairs
        inner join
            stated
            on pairs.amount_measure = stated.measure
            and {{ same_text("pairs.mineral", "stated.mineral") }}
            and pairs.base_unit = stated.base_unit
            and {{ years_agree("pairs.year", "stated.year") }}

    ),

    stacked as (

        select *
        from over_worlds
        union all
        select *
        from over_official
        union all
        select *
        from over_stated

    ),

    ranked as (

        select
            *,
            100.0 * amount / world as ratio,
            100.0 * amount_low / world_high as ratio_low,
            100.0 * amount_high / world_low as ratio_high,
            min(preference) over (partition by share_id) as best_preference
        from stacked
        where world > 0

    ),

    final as (

        select
            share_id,
            amount_id,
            document,
            place,
            mineral,
            share_line,
            amount_line,
            amount,
            world_kind,
            world_id,
            world_document,
            world_locator,
            world_printed,
            world_line,
            world,
            -- Over a total that is not its own, a bound is open by half of its last digit like any other figure.
            case
                when world_kind <> 'own' and share_high is null then share_low - share_half_unit else share_low
            end as share_low,
            case
                when world_kind <> 'own' and share_low is null then share_high + share_half_unit else share_high
            end as share_high,
            ratio,
            ratio_low,
            ratio_high
        from ranked
        where preference = best_preference

    )

select *
from final
