{# Printed amounts and shares beside every official figure of the year said, or, where no year is said, of the years that a
   document of its date could mean, with the gap between them. #}
with

    claims as (select * from {{ ref("int_claims__intervals") }}),

    official as (select * from {{ ref("int_claims__official") }}),

    scales as (select * from {{ ref("int_claims__scales") }}),

    reproductions as (select * from {{ ref("stg_decisions__table_reproductions") }}),

    stated as (select * from {{ ref("int_claims__stated") }}),

    editions as (select * from {{ ref("int_editions__described") }}),

    -- Cells that are recomputed, and what a text says of them, have rules of their own, and so have units.
    others as (

        select *
        from claims
        where
            claim_id not in (select claim_id from scales where fault = 'scale')
            and not exists (
                select 1
                from reproductions
                where
                    reproductions.document = claims.document
                    and reproductions.mineral = claims.mineral
                    and (
                        claims.bloc is not null
                        or claims.place = 'Table ' || cast(reproductions.table_no as {{ dbt.type_string() }})
                    )
            )

    ),

    of_series as (

        select
            others.claim_id,
            editions.document,
            official.source
            || ' '
            || official.edition
            || ', '
            || official.mineral
            || ', '
            || official.measure
            || ', '
            || official.basis
            || ', '
            || cast(official.year as {{ dbt.type_string() }}) as locator,
            -- A figure of no year can only be one that was public; of a year said, any edition may speak.
            others.year is null and coalesce(editions.published_on > others.known_by, false) as is_later,
            official.year,
            official.is_share,
            official.relation,
            case when official.is_share then official.share else official.amount end as found,
            case
                when official.relation = 'part_of'
                -- A part may be anything up to the whole.
                then greatest(coalesce(others.low - coalesce(official.share_high, official.share), 0), 0)
                when official.is_share
                then
                    {{
                        distance_between(
                            "others.low",
                            "others.high",
                            "coalesce(official.share_low, official.share)",
                            "coalesce(official.share_high, official.share)",
                        )
                    }}
                else
                    {{
                        distance_between(
                            "others.low",
                            "others.high",
                            "coalesce(official.amount_low, official.amount)",
                            "coalesce(official.amount_high, official.amount)",
                        )
                    }}
            end as gap
        from others
        inner join official on others.claim_id = official.claim_id
        inner join editions on official.source = editions.source and official.edition = editions.edition
        where case when official.is_share then official.share else official.amount end > 0

    ),

    of_statements as (

        select
            others.claim_id,
            stated.document,
            stated.locator,
            false as is_later,
            stated.year,
            stated.base_unit = 'percent' as is_share,
            'sum' as relation,
            stated.value as found,
            {{ distance_between("others.low", "others.high", "stated.low", "stated.high") }} as gap
        from others
        inner join
            stated
            on others.measure = stated.measure
            and {{ same_text("others.mineral", "stated.mineral") }}
            and {{ same_text("others.party", "stated.party") }}
            and others.base_unit = stated.base_unit
            and {{ years_agree("others.year", "stated.year") }}
        where others.bloc is null and stated.value > 0 and coalesce(others.party, stated.party) is not null

    ),

    compared as (

        select *
        from of_series
        union all
        select *
        from of_statements

    ),

    -- Revisions and another source's reckoning move a share by a few points and an amount by some tenths: a share
    -- must lie
    -- off by more than three points and a tenth, an amount by more than a half.
    final as (

        select
            *,
            case when is_share then gap > 3 and gap > 0.1 * found else gap > 0.5 * found end as is_far,
            -- The nearest, of equals one that was public when the document was written.
            row_number() over (
                partition by claim_id order by round(gap / found, 2), is_later, year desc, document, locator
            ) as standing
        from compared

    )

select *
from final
