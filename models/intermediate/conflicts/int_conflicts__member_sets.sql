with

    gaps as (select * from {{ ref("int_membership__set_gaps") }}),

    named as (select * from {{ ref("int_membership__named") }} where counts),

    blocs as (select * from {{ ref("stg_reference__blocs") }}),

    lined as (select named.*, min(text_line) over (partition by bloc, document) as first_line from named),

    places as (

        select
            bloc,
            document,
            published_on,
            min(case when text_line = first_line then locator end) as locator,
            min(first_line) as text_line,
            {{ joined_text("case when text_line = first_line then printed end") }} as printed,
            {{ joined_text("named_as") }} as named_as
        from lined
        group by bloc, document, published_on

    ),

    -- Two lists of which neither holds the other; or a whole group in one paper and, in the other, three of its states
    -- or more, without the rest. Papers shorten lists: one that holds the other is no contradiction.
    differing as (

        select
            gaps.bloc,
            gaps.document as document_a,
            gaps.other_document as document_b,
            gaps.lacking as only_a,
            back.lacking as only_b
        from gaps
        inner join
            gaps as back
            on gaps.bloc = back.bloc
            and gaps.document = back.other_document
            and gaps.other_document = back.document
        inner join blocs on gaps.bloc = blocs.bloc
        where
            (
                gaps.lacking is not null
                and back.lacking is not null
                and ((gaps.n_parties >= 3 and back.n_parties >= 3) or blocs.level = 'bilateral')
            )
            or (gaps.lacking_of_group is not null and gaps.n_of_group >= 3)
            or (back.lacking_of_group is not null and back.n_of_group >= 3)

    ),

    final as (

        select
            'member_sets' as rule,
            differing.bloc
            || '|'
            || {{ place_of("place_a.document", "place_a.text_line") }}
            || '|'
            || {{ place_of("place_b.document", "place_b.text_line") }} as found_key,
            'membership' as topic,
            'cross_document' as kind,
            blocs.name_en || ': members' as subject,
            place_a.document
            || ': the parties of the '
            || blocs.name_en
            || ' are '
            || place_a.named_as
            || '.' as claim_a,
            place_a.printed as printed_a,
            place_a.document as document_a,
            place_a.locator as locator_a,
            place_a.text_line as text_line_a,
            place_b.document
            || ': the parties of the '
            || blocs.name_en
            || ' are '
            || place_b.named_as
            || '.' as claim_b,
            place_b.printed as printed_b,
            place_b.document as document_b,
            place_b.locator as locator_b,
            place_b.text_line as text_line_b,
            differing.bloc,
            cast(null as {{ dbt.type_string() }}) as mineral,
            cast(null as {{ dbt.type_string() }}) as party,
            'medium' as severity,
            coalesce('Only the first has ' || differing.only_a || '. ', '')
            || coalesce('Only the second has ' || differing.only_b || '. ', '')
            || 'A group counts as its states, the EU as any of its states.' as explanation
        from differing
        inner join blocs on differing.bloc = blocs.bloc
        inner join places as place_a on differing.bloc = place_a.bloc and differing.document_a = place_a.document
        inner join places as place_b on differing.bloc = place_b.bloc and differing.document_b = place_b.document
        where
            place_a.published_on < place_b.published_on
            or (place_a.published_on = place_b.published_on and place_a.document < place_b.document)

    )

select *
from final
