{# What a text says of a figure against the cell that its own table prints. #}
with

    claims as (

        select *, {{ is_keyed_measure("measure") }} and {{ is_owned("measure", "party", "bloc") }} as is_keyed
        from {{ ref("int_claims__intervals") }}

    ),

    texts as (select * from claims where place = 'text'),

    cells as (select * from claims where place <> 'text'),

    compared as (

        select
            texts.document,
            texts.measure,
            texts.mineral,
            texts.party,
            texts.bloc,
            texts.subject,
            texts.text_line as text_line_a,
            texts.printed as printed_a,
            texts.locator as locator_a,
            texts.statement as claim_a,
            texts.figure as figure_a,
            texts.base_unit,
            cells.place as place_b,
            cells.text_line as text_line_b,
            cells.printed as printed_b,
            cells.locator as locator_b,
            cells.statement as claim_b,
            cells.figure as figure_b,
            abs(texts.value - cells.value) / nullif(abs(cells.value), 0) as relative,
            -- A text that speaks of its table means the figure printed there: "more than 50" is not met by 50.
            case
                texts.qualifier
                when 'over'
                then
                    coalesce(cells.high is not null and cells.value <= texts.value and cells.qualifier = 'exact', false)
                when 'under'
                then coalesce(cells.low is not null and cells.value >= texts.value and cells.qualifier = 'exact', false)
                else {{ disjoint("texts.low", "texts.high", "cells.low", "cells.high") }}
            end
            or {{ disjoint("texts.low", "texts.high", "cells.low", "cells.high") }} as is_contradiction
        from texts
        inner join
            cells
            on texts.document = cells.document
            and texts.measure = cells.measure
            and texts.base_unit = cells.base_unit
            and {{ same_text("texts.mineral", "cells.mineral") }}
            and {{ same_text("texts.party", "cells.party") }}
            and {{ same_text("texts.bloc", "cells.bloc") }}
            and {{ same_text("texts.basis", "cells.basis") }}
            and {{ years_agree("texts.year", "cells.year") }}
            -- What the columns do not tell apart, the words must.
            and (texts.is_keyed or lower(texts.subject) = lower(cells.subject))

    ),

    -- The cell that fits best is the one meant; where it contradicts the text, all do.
    ranked as (

        select
            *,
            row_number() over (
                partition by document, measure, mineral, party, bloc, text_line_a, printed_a, subject
                order by case when is_contradiction then 1 else 0 end, relative, text_line_b, locator_b
            ) as standing
        from compared

    ),

    final as (

        select
            'text_against_table' as rule,
            document
            || '|'
            || cast(text_line_a as {{ dbt.type_string() }})
            || '|'
            || place_b
            || '|'
            || measure
            || coalesce('|' || mineral, '')
            || coalesce('|' || party, '')
            || coalesce('|' || bloc, '') as found_key,
            'text_vs_table' as topic,
            'internal' as kind,
            subject || ', text against ' || place_b as subject,
            claim_a,
            printed_a,
            document as document_a,
            locator_a,
            text_line_a,
            claim_b,
            printed_b,
            document as document_b,
            locator_b,
            text_line_b,
            bloc,
            mineral,
            party,
            -- Beside the bound or a little off, or another figure altogether.
            case when relative >= 0.25 then 'high' when relative >= 0.1 then 'medium' else 'low' end as severity,
            'The text says '
            || figure_a
            || ', '
            || place_b
            || ' of the same document prints '
            || figure_b
            || '; the one is not within the other.' as explanation
        from ranked
        where standing = 1 and is_contradiction

    )

select *
from final
