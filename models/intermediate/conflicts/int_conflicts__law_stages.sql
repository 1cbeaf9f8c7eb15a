{# Targets of a law or plan: against the official text of the stage printed, against its final form where a document takes the
   proposal for the law, in what they are of, and between documents. #}
with

    targets as (select * from {{ ref("int_targets__official") }}),

    finals as (select document, instrument, target from targets where instrument_stage in ('adopted', 'in_force')),

    described as (

        select
            *,
            instrument || ': ' || replace(target, '_', ' ') as subject,
            case comparison when 'at_least' then 'at least ' when 'at_most' then 'at most ' else '' end
            || {{ number_text("value") }}
            || case unit when 'percent' then ' %' else ' ' || unit end as figure,
            case
                coalesce(last_comparison, same_comparison)
                when 'at_least'
                then 'at least '
                when 'at_most'
                then 'at most '
                else ''
            end
            || {{ number_text("coalesce(last_value, same_value)") }}
            || case unit when 'percent' then ' %' else ' ' || unit end as official_figure,
            coalesce(abs(value_in_base_unit - same_value) > 1e-9, false)
            or (
                comparison in ('at_least', 'at_most')
                and same_comparison in ('at_least', 'at_most')
                and comparison <> same_comparison
            ) as differs_at_its_stage,
            coalesce(abs(value_in_base_unit - last_value) > 1e-9, false) as differs_from_last,
            -- An earlier stage is history once the document gives the final figure as well.
            instrument_stage in ('announced', 'proposed')
            and last_stage in ('adopted', 'in_force')
            and knew_last
            and not exists (
                select 1
                from finals
                where
                    finals.document = targets.document
                    and finals.instrument = targets.instrument
                    and finals.target = targets.target
            ) as takes_earlier_for_law
        from targets

    ),

    of_values as (

        select
            document || '|' || instrument || '|' || target as found_key,
            'law_target' as topic,
            'against_reality' as kind,
            subject,
            'The target is ' || figure || ' (' || replace(instrument_stage, '_', ' ') || ').' as claim_a,
            printed as printed_a,
            document as document_a,
            locator as locator_a,
            text_line as text_line_a,
            'The target '
            || case when differs_at_its_stage then 'at this stage' else 'of the law' end
            || ' is '
            || case
                when differs_at_its_stage
                then {{ number_text("same_value") }} || case unit when 'percent' then ' %' else ' ' || unit end
                else official_figure
            end
            || '.' as claim_b,
            case
                when differs_at_its_stage
                then {{ number_text("same_value") }} || case unit when 'percent' then ' %' else ' ' || unit end
                else official_figure
            end as printed_b,
            case when differs_at_its_stage then same_document else last_document end as document_b,
            case when differs_at_its_stage then same_locator else last_locator end as locator_b,
            cast(null as integer) as text_line_b,
            cast(null as {{ dbt.type_string() }}) as bloc,
            cast(null as {{ dbt.type_string() }}) as mineral,
            jurisdiction as party,
            'high' as severity,
            case
                when differs_at_its_stage
                then
                    'The document prints '
                    || figure
                    || ' for the stage '
                    || replace(instrument_stage, '_', ' ')
                    || ', whose official text has '
                    || {{ number_text("same_value") }}
                    || '.'
                else
                    'The document was written after the law was public, gives '
                    || figure
                    || ' of the '
                    || replace(instrument_stage, '_', ' ')
                    || ' text and nowhere the final '
                    || official_figure
                    || '.'
            end as explanation
        from described
        where differs_at_its_stage or (takes_earlier_for_law and differs_from_last)

    ),

    other_bases as (

        select
            *,
            row_number() over (
                partition by document, instrument, base, last_base order by text_line, target
            ) as standing
        from described
        where base <> last_base

    ),

    -- One row per document and instrument: its shares are all of the same base.
    of_bases as (

        select
            document || '|' || instrument || '|base' as found_key,
            'law_target' as topic,
            'against_reality' as kind,
            max(instrument) || ': what the shares are of' as subject,
            'The shares are of '
            || replace(max(base), '_', ' ')
            || ' ('
            || {{ joined_text("replace(target, '_', ' ')") }}
            || ').' as claim_a,
            max(case when standing = 1 then printed end) as printed_a,
            document as document_a,
            max(case when standing = 1 then locator end) as locator_a,
            max(case when standing = 1 then text_line end) as text_line_a,
            'The official text sets them for ' || replace(max(last_base), '_', ' ') || '.' as claim_b,
            replace(max(last_base), '_', ' ') as printed_b,
            max(last_document) as document_b,
            max(case when standing = 1 then last_locator end) as locator_b,
            cast(null as integer) as text_line_b,
            cast(null as {{ dbt.type_string() }}) as bloc,
            cast(null as {{ dbt.type_string() }}) as mineral,
            max(jurisdiction) as party,
            'medium' as severity,
            'A share of '
            || replace(max(base), '_', ' ')
            || ' is not one of '
            || replace(max(last_base), '_', ' ')
            || ': the groups are of different sizes.' as explanation
        from other_bases
        group by document, instrument

    ),

    -- Without an official text, documents are held against one another.
    unofficial as (select * from described where last_document is null and same_document is null),

    of_documents as (

        select
            a.instrument
            || '|'
            || a.target
            || '|'
            || least(a.document, b.document)
            || '|'
            || greatest(a.document, b.document) as found_key,
            'law_target' as topic,
            case when a.document = b.document then 'internal' else 'cross_document' end as kind,
            a.subject,
            'The target is ' || a.figure || ' (' || replace(a.instrument_stage, '_', ' ') || ').' as claim_a,
            a.printed as printed_a,
            a.document as document_a,
            a.locator as locator_a,
            a.text_line as text_line_a,
            'The target is ' || b.figure || ' (' || replace(b.instrument_stage, '_', ' ') || ').' as claim_b,
            b.printed as printed_b,
            b.document as document_b,
            b.locator as locator_b,
            b.text_line as text_line_b,
            cast(null as {{ dbt.type_string() }}) as bloc,
            cast(null as {{ dbt.type_string() }}) as mineral,
            a.jurisdiction as party,
            'high' as severity,
            case
                when a.instrument_stage = b.instrument_stage
                then
                    'Both speak of the same stage of the same instrument, with '
                    || a.figure
                    || ' and '
                    || b.figure
                    || '.'
                else
                    'One document has the figure of the law in force, '
                    || b.figure
                    || '; the other was written later and gives '
                    || a.figure
                    || ' of an earlier stage as its target.'
            end as explanation
        from unofficial as a
        inner join
            unofficial as b
            on a.instrument = b.instrument
            and a.target = b.target
            and a.unit = b.unit
            and (a.document <> b.document or a.text_line < b.text_line)
        where
            abs(a.value_in_base_unit - b.value_in_base_unit) > 1e-9
            and (
                (
                    a.instrument_stage = b.instrument_stage
                    and (
                        a.document = b.document
                        or a.published_on < b.published_on
                        or (a.published_on = b.published_on and a.document < b.document)
                    )
                )
                or (
                    a.instrument_stage in ('announced', 'proposed')
                    and b.instrument_stage in ('adopted', 'in_force')
                    and a.published_on >= b.published_on
                    and not exists (
                        select 1
                        from finals
                        where
                            finals.document = a.document
                            and finals.instrument = a.instrument
                            and finals.target = a.target
                    )
                )
            )

    ),

    stacked as (

        select *
        from of_values
        union all
        select *
        from of_bases
        union all
        select *
        from of_documents

    ),

    final as (select 'law_stages' as rule, stacked.* from stacked)

select *
from final
