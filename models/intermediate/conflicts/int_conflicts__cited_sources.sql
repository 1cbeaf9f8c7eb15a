{# Statements that are younger than the publication cited for them: it cannot attest them. #}
with

    citations as (select * from {{ ref("int_claims__citations") }} where known_from > cited_last),

    -- One row per publication cited: what a document takes from it is misdated for one cause.
    ranked as (

        select
            *,
            row_number() over (partition by document, cited_line order by text_line, printed) as standing,
            count(*) over (partition by document, cited_line) as n_statements
        from citations

    ),

    final as (

        select
            'cited_sources' as rule,
            document
            || '|'
            || cast(text_line as {{ dbt.type_string() }})
            || '|'
            || cast(cited_line as {{ dbt.type_string() }}) as found_key,
            'reference' as topic,
            'internal' as kind,
            cited_title || ' (' || cited_printed || '): cited for what came later' as subject,
            statement as claim_a,
            printed as printed_a,
            document as document_a,
            locator as locator_a,
            text_line as text_line_a,
            'The source cited is ' || cited_title || ', ' || cited_printed || '.' as claim_b,
            cited_printed as printed_b,
            document as document_b,
            'note or reference' as locator_b,
            cited_line as text_line_b,
            cast(null as {{ dbt.type_string() }}) as bloc,
            cast(null as {{ dbt.type_string() }}) as mineral,
            cast(null as {{ dbt.type_string() }}) as party,
            -- By half a year or more, or by weeks.
            case when {{ days_between("cited_last", "known_from") }} >= 180 then 'medium' else 'low' end as severity,
            'What is stated could be known from '
            || cast(known_from as {{ dbt.type_string() }})
            || ' on, after the publication cited. '
            || why
            || case
                when n_statements > 1
                then ' ' || cast(n_statements as {{ dbt.type_string() }}) || ' figures are taken from it in this way.'
                else ''
            end as explanation
        from ranked
        where standing = 1

    )

select *
from final
