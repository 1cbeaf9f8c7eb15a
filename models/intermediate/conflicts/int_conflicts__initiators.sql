with

    initiators as (select * from {{ ref("int_membership__named") }} where role = 'initiator'),

    by_document as (

        select
            bloc,
            bloc_name,
            document,
            told_by,
            document_kind,
            published_on,
            min(locator) as locator,
            min(text_line) as text_line,
            {{ joined_text("printed") }} as printed,
            {{ joined_text("named_as") }} as named
        from initiators
        group by bloc, bloc_name, document, told_by, document_kind, published_on

    ),

    by_place as (

        select
            bloc,
            bloc_name,
            document,
            locator,
            min(text_line) as text_line,
            {{ joined_text("printed") }} as printed,
            {{ joined_text("named_as") }} as named
        from initiators
        where text_line is not null
        group by bloc, bloc_name, document, locator

    ),

    sharing as (

        select distinct
            initiators.bloc,
            initiators.document as document_a,
            initiators.locator as locator_a,
            other.document as document_b,
            other.locator as locator_b
        from initiators
        inner join initiators as other on initiators.bloc = other.bloc and initiators.party = other.party

    ),

    sharing_documents as (select distinct bloc, document_a, document_b from sharing),

    ranked as (

        select
            by_document.*,
            row_number() over (
                partition by by_document.bloc
                order by
                    case by_document.document_kind when 'official_statement' then 1 else 2 end,
                    supported.n_documents desc,
                    by_document.published_on desc,
                    by_document.document desc
            ) as standing
        from by_document
        inner join
            (
                select bloc, document_a, count(*) as n_documents from sharing_documents group by bloc, document_a
            ) as supported
            on by_document.bloc = supported.bloc
            and by_document.document = supported.document_a

    ),

    between_documents as (

        select
            ranked.bloc,
            ranked.bloc_name,
            ranked.document as document_a,
            ranked.told_by as told_by_a,
            ranked.locator as locator_a,
            ranked.text_line as text_line_a,
            ranked.printed as printed_a,
            ranked.named as named_a,
            best.document as document_b,
            best.told_by as told_by_b,
            best.locator as locator_b,
            best.text_line as text_line_b,
            best.printed as printed_b,
            best.named as named_b,
            1 as standing
        from ranked
        inner join ranked as best on ranked.bloc = best.bloc and best.standing = 1
        left join
            sharing_documents
            on ranked.bloc = sharing_documents.bloc
            and ranked.document = sharing_documents.document_a
            and best.document = sharing_documents.document_b
        where sharing_documents.bloc is null

    ),

    within_documents as (

        select
            by_place.bloc,
            by_place.bloc_name,
            by_place.document as document_a,
            by_place.document as told_by_a,
            by_place.locator as locator_a,
            by_place.text_line as text_line_a,
            by_place.printed as printed_a,
            by_place.named as named_a,
            later.document as document_b,
            later.document as told_by_b,
            later.locator as locator_b,
            later.text_line as text_line_b,
            later.printed as printed_b,
            later.named as named_b,
            row_number() over (
                partition by by_place.bloc, by_place.document order by by_place.text_line, later.text_line
            ) as standing
        from by_place
        inner join
            by_place as later
            on by_place.bloc = later.bloc
            and by_place.document = later.document
            and by_place.text_line < later.text_line
        left join
            sharing
            on by_place.bloc = sharing.bloc
            and by_place.document = sharing.document_a
            and by_place.locator = sharing.locator_a
            and later.document = sharing.document_b
            and later.locator = sharing.locator_b
        where sharing.bloc is null

    ),

    stacked as (

        select *
        from between_documents
        union all
        select *
        from within_documents
        where standing = 1

    ),

    final as (

        select
            'initiators' as rule,
            bloc
            || '|'
            || {{ place_of("document_a", "text_line_a") }}
            || '|'
            || {{ place_of("document_b", "text_line_b") }} as found_key,
            'actor' as topic,
            case when document_a = document_b then 'internal' else 'cross_document' end as kind,
            bloc_name || ': who leads it' as subject,
            told_by_a || ': the ' || bloc_name || ' was initiated by ' || named_a || '.' as claim_a,
            printed_a,
            document_a,
            locator_a,
            text_line_a,
            told_by_b || ': the ' || bloc_name || ' was initiated by ' || named_b || '.' as claim_b,
            printed_b,
            document_b,
            locator_b,
            text_line_b,
            bloc,
            cast(null as {{ dbt.type_string() }}) as mineral,
            cast(null as {{ dbt.type_string() }}) as party,
            'medium' as severity,
            'Nobody among ' || named_a || ' is among ' || named_b || '.' as explanation
        from stacked

    )

select *
from final
