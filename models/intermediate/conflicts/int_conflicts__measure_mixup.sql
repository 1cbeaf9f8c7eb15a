{# One figure used for two measures: net import reliance printed as the share of one source, resources as reserves; and shares
   of sources that leave no room for one another. #}
with

    sources as (select * from {{ ref("int_claims__import_sources") }}),

    claims as (select * from {{ ref("int_claims__intervals") }}),

    editions as (select * from {{ ref("int_editions__described") }}),

    parties as (select party, name_en from {{ ref("stg_reference__parties") }}),

    named as (

        select
            sources.*,
            importers.name_en as importer_name,
            partners.name_en as partner_name,
            importers.name_en
            || ', imports of '
            || replace(sources.mineral_scope, '_', ' ')
            || ' from '
            || partners.name_en as subject,
            case
                when sources.qualifier in ('over', 'lower_bound') and sources.percent = 0
                then 'some'
                else
                    case
                        sources.qualifier
                        when 'over'
                        then 'over '
                        when 'lower_bound'
                        then 'at least '
                        when 'under'
                        then 'under '
                        when 'upper_bound'
                        then 'at most '
                        when 'about'
                        then 'about '
                        else ''
                    end
                    || {{ number_text("sources.percent", 1) }}
                    || ' %'
            end as figure,
            -- A share that a document prints in two places is one claim.
            row_number() over (
                partition by
                    sources.document,
                    sources.party,
                    sources.mineral_scope,
                    sources.partner,
                    sources.year,
                    sources.percent
                order by sources.text_line, sources.printed
            ) as standing
        from sources
        inner join parties as importers on sources.party = importers.party
        inner join parties as partners on sources.partner = partners.party

    ),

    once as (

        select
            *,
            importer_name
            || ' takes '
            || figure
            || ' of its imports of '
            || replace(mineral_scope, '_', ' ')
            || ' from '
            || partner_name
            || '.' as claim
        from named
        where standing = 1

    ),

    -- The figure of the reliance on all countries, and no official share of this country near it.
    of_reliance as (

        select
            once.document || '|' || once.party || '|' || once.mineral || '|' || once.partner as found_key,
            'measure' as topic,
            'against_reality' as kind,
            once.subject || ': net import reliance printed as its share' as subject,
            once.claim as claim_a,
            once.printed as printed_a,
            once.document as document_a,
            once.locator as locator_a,
            once.text_line as text_line_a,
            once.reliance_figure
            || ' % is the net import reliance, on all countries together'
            || coalesce(
                '; the share of '
                || once.partner_name
                || ' in the imports is '
                || {{ number_text("once.official_highest", 1) }}
                || ' % at most.',
                '; ' || once.partner_name || ' is not among the sources listed.'
            ) as claim_b,
            once.reliance_figure || ' %' as printed_b,
            editions.document as document_b,
            once.reliance_source
            || ' '
            || once.reliance_edition
            || ', '
            || once.mineral
            || ', net import reliance, '
            || cast(once.reliance_year as {{ dbt.type_string() }}) as locator_b,
            cast(null as integer) as text_line_b,
            cast(null as {{ dbt.type_string() }}) as bloc,
            once.mineral,
            once.party,
            'high' as severity,
            'The figure printed as the share of one source is that of the reliance on imports from everywhere'
            || coalesce(
                '; official shares of this source are '
                || {{ number_text("once.official_lowest", 1) }}
                || case
                    when once.official_highest > once.official_lowest
                    then ' to ' || {{ number_text("once.official_highest", 1) }}
                    else ''
                end
                || ' %.',
                '.'
            ) as explanation
        from once
        inner join editions on once.reliance_source = editions.source and once.reliance_edition = editions.edition
        where
            once.has_official_sources
            -- Within three points of an official share the document may mean that one.
            and once.percent - coalesce(once.official_highest, 0) > 3

    ),

    -- Two documents' shares of one source that are too far apart for two years of one time.
    of_documents as (

        select
            a.party
            || '|'
            || a.mineral_scope
            || '|'
            || a.partner
            || '|'
            || least({{ place_of("a.document", "a.text_line") }}, {{ place_of("b.document", "b.text_line") }})
            || '|'
            || greatest(
                {{ place_of("a.document", "a.text_line") }}, {{ place_of("b.document", "b.text_line") }}
            ) as found_key,
            'share' as topic,
            'cross_document' as kind,
            a.subject || ': share' as subject,
            a.claim as claim_a,
            a.printed as printed_a,
            a.document as document_a,
            a.locator as locator_a,
            a.text_line as text_line_a,
            b.claim as claim_b,
            b.printed as printed_b,
            b.document as document_b,
            b.locator as locator_b,
            b.text_line as text_line_b,
            cast(null as {{ dbt.type_string() }}) as bloc,
            a.mineral,
            a.party,
            case when abs(a.percent - b.percent) >= 10 then 'high' else 'medium' end as severity,
            'One source''s share in the same imports is '
            || a.figure
            || ' in '
            || a.document
            || ' and '
            || b.figure
            || ' in '
            || b.document
            || '.' as explanation
        from once as a
        inner join
            once as b
            on a.party = b.party
            and a.mineral_scope = b.mineral_scope
            and a.partner = b.partner
            and a.document <> b.document
            and coalesce(a.year, 0) = coalesce(b.year, 0)
        where
            a.qualifier in ('exact', 'about')
            and b.qualifier in ('exact', 'about')
            and abs(a.published_year - b.published_year) <= 1
            and abs(a.percent - b.percent) > 3
            and abs(a.percent - b.percent) > 0.1 * greatest(a.percent, b.percent)
            -- The one that is a misread reliance deviates; else the earlier.
            and (
                (a.reliance_figure is not null and b.reliance_figure is null)
                or (
                    (a.reliance_figure is null) = (b.reliance_figure is null)
                    and (
                        a.published_on < b.published_on or (a.published_on = b.published_on and a.document < b.document)
                    )
                )
            )

    ),

    -- Who takes all of a mineral from one country takes none from another.
    of_wholes as (

        select
            a.document || '|' || a.party || '|' || a.mineral_scope || '|' || a.partner || '|' || b.partner as found_key,
            'share' as topic,
            'internal' as kind,
            a.importer_name
            || ', imports of '
            || replace(a.mineral_scope, '_', ' ')
            || ': all from '
            || a.partner_name
            || ', or some from '
            || b.partner_name as subject,
            a.claim as claim_a,
            a.printed as printed_a,
            a.document as document_a,
            a.locator as locator_a,
            a.text_line as text_line_a,
            b.claim as claim_b,
            b.printed as printed_b,
            b.document as document_b,
            b.locator as locator_b,
            b.text_line as text_line_b,
            cast(null as {{ dbt.type_string() }}) as bloc,
            a.mineral,
            a.party,
            'high' as severity,
            'Shares of sources add up to 100 % at most; beside '
            || a.figure
            || ' from '
            || a.partner_name
            || ' there is no room for '
            || b.figure
            || ' from '
            || b.partner_name
            || '.' as explanation
        from once as a
        inner join
            once as b
            on a.document = b.document
            and a.party = b.party
            and a.mineral_scope = b.mineral_scope
            and a.partner <> b.partner
            and coalesce(a.year, 0) = coalesce(b.year, 0)
        where
            -- The larger of the two comes first.
            (a.percent > b.percent or (a.percent = b.percent and a.partner < b.partner))
            and a.qualifier in ('exact', 'over', 'lower_bound')
            and b.qualifier in ('exact', 'over', 'lower_bound')
            and (a.percent + b.percent > 101 or (a.percent >= 100 and (b.percent > 0 or b.qualifier = 'over')))

    ),

    -- A text that speaks of reserves where the table that it rests on has resources alone, a wider measure.
    of_reserves as (

        select
            texts.document
            || '|'
            || cast(texts.text_line as {{ dbt.type_string() }})
            || '|'
            || texts.measure
            || '|'
            || coalesce(texts.mineral, '') as found_key,
            'measure' as topic,
            'internal' as kind,
            texts.subject || ': reserves or resources' as subject,
            texts.statement as claim_a,
            texts.printed as printed_a,
            texts.document as document_a,
            texts.locator as locator_a,
            texts.text_line as text_line_a,
            cells.statement as claim_b,
            cells.printed as printed_b,
            cells.document as document_b,
            cells.locator as locator_b,
            cells.text_line as text_line_b,
            texts.bloc,
            texts.mineral,
            texts.party,
            'medium' as severity,
            'The text speaks of reserves; '
            || cells.place
            || ' of the same document prints resources of this mineral, a wider measure, and no reserves.'
            as explanation
        from claims as texts
        inner join
            claims as cells
            on texts.document = cells.document
            and cells.place <> 'text'
            and cells.measure = replace(texts.measure, 'reserves', 'resources')
            and {{ same_text("texts.mineral", "cells.mineral") }}
            and {{ same_text("texts.party", "cells.party") }}
            and {{ same_text("texts.bloc", "cells.bloc") }}
            and {{ years_agree("texts.year", "cells.year") }}
        where
            texts.place = 'text'
            and texts.measure in ('reserves', 'reserves_share')
            and coalesce(texts.party, texts.bloc) is not null
            and not exists (
                select 1
                from claims as same
                where
                    same.document = texts.document
                    and same.place <> 'text'
                    and same.measure = texts.measure
                    and {{ same_text("same.mineral", "texts.mineral") }}
            )

    ),

    stacked as (

        select *
        from of_reliance
        union all
        select *
        from of_documents
        union all
        select *
        from of_wholes
        union all
        select *
        from of_reserves

    ),

    final as (select 'measure_mixup' as rule, stacked.* from stacked)

select *
from final
