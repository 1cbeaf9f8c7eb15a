{# Whom each paper enumerates as parties of a bloc: by each date at which, in its own words, somebody joined, and in each
   paragraph, row or table (then without a date). #}
with

    named as (select * from {{ ref("int_membership__named") }} where counts and document_kind = 'paper'),

    dated as (

        select
            bloc,
            document,
            party,
            min(joined) as joined,
            max(case when role = 'initiator' then 1 else 0 end) as is_initiator,
            min(locator) as locator,
            min(text_line) as text_line
        from named
        where joined is not null
        group by bloc, document, party

    ),

    dates as (

        select bloc, document, joined as by_date, max(joined) over (partition by bloc, document) as latest
        from dated
        group by bloc, document, joined

    ),

    stacked as (

        select
            dates.bloc,
            dates.document,
            dates.by_date,
            dates.by_date = dates.latest as is_latest,
            cast(null as {{ dbt.type_string() }}) as paragraph,
            dated.party,
            dated.is_initiator,
            dated.joined,
            dated.locator,
            dated.text_line
        from dates
        inner join
            dated on dates.bloc = dated.bloc and dates.document = dated.document and dated.joined <= dates.by_date
        union all
        select
            bloc,
            document,
            cast(null as date) as by_date,
            false as is_latest,
            locator as paragraph,
            party,
            max(case when role = 'initiator' then 1 else 0 end) as is_initiator,
            min(joined) as joined,
            locator,
            min(text_line) as text_line
        from named
        group by bloc, document, locator, party

    ),

    final as (

        select
            bloc,
            document,
            by_date,
            is_latest,
            paragraph,
            cast(count(*) as integer) as n_parties,
            cast(sum(is_initiator) as integer) as n_initiators,
            max(case when party = 'EUU' then 1 else 0 end) as n_eu,
            -- A list of several dates has been kept up; one of a single date may be of the beginning only.
            cast(count(distinct joined) as integer) as n_dates,
            {{ joined_text("party") }} as parties,
            min(locator) as locator,
            min(text_line) as text_line
        from stacked
        group by bloc, document, by_date, is_latest, paragraph

    )

select *
from final
