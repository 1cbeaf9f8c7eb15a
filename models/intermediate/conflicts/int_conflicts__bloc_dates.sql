with

    claims as (select * from {{ ref("int_blocs__rated_claims") }}),

    blocs as (select * from {{ ref("stg_reference__blocs") }}),

    -- A paper that gives one bloc two beginnings.
    against_itself as (

        select
            claims.*,
            best.document as document_b,
            best.locator as locator_b,
            best.text_line as text_line_b,
            best.printed as printed_b,
            best.start_date as start_date_b,
            best.start_precision as start_precision_b,
            best.start_last as start_last_b,
            best.stage as stage_b,
            best.document as named_b
        from claims
        inner join
            claims as best
            on claims.bloc = best.bloc
            and claims.document = best.document
            and best.standing_in_document = 1
            and not {{ starts_agree("claims", "best") }}

    ),

    -- A second wrong date that agrees with the first one says nothing new.
    repeated as (

        select against_itself.claim
        from against_itself
        inner join
            against_itself as before
            on against_itself.bloc = before.bloc
            and against_itself.document = before.document
            and before.standing_in_document < against_itself.standing_in_document
            and {{ starts_agree("against_itself", "before") }}

    ),

    against_official as (

        select
            claims.*,
            official_document as document_b,
            official_locator as locator_b,
            cast(null as integer) as text_line_b,
            {{ period_text("official_date", "official_precision") }} as printed_b,
            official_date as start_date_b,
            official_precision as start_precision_b,
            official_last as start_last_b,
            2 as stage_b,
            official_publisher as named_b
        from claims
        -- A date that the paper itself contradicts is reported as its own contradiction.
        where
            official_document is not null
            and not agrees_with_official
            and claim not in (select claim from against_itself)

    ),

    best_of_all as (select * from claims where standing = 1 and official_document is null),

    -- A paper one of whose dates fits the best supported one contradicts, with its others, only itself.
    fitting as (

        select claims.bloc, claims.document
        from claims
        inner join best_of_all on claims.bloc = best_of_all.bloc and {{ starts_agree("claims", "best_of_all") }}

    ),

    against_another as (

        select
            claims.*,
            best_of_all.document as document_b,
            best_of_all.locator as locator_b,
            best_of_all.text_line as text_line_b,
            best_of_all.printed as printed_b,
            best_of_all.start_date as start_date_b,
            best_of_all.start_precision as start_precision_b,
            best_of_all.start_last as start_last_b,
            best_of_all.stage as stage_b,
            best_of_all.document as named_b,
            row_number() over (
                partition by claims.bloc, claims.document
                order by abs({{ days_between("claims.start_date", "best_of_all.start_date") }}), claims.claim
            ) as nearness
        from claims
        inner join best_of_all on claims.bloc = best_of_all.bloc
        left join fitting on claims.bloc = fitting.bloc and claims.document = fitting.document
        where fitting.document is null

    ),

    stacked as (

        select *, 1 as nearness
        from against_itself
        where claim not in (select claim from repeated)
        union all
        select *, 1 as nearness
        from against_official
        union all
        -- Of several dates in one paper the nearest.
        select *
        from against_another
        where nearness = 1

    ),

    worded as (

        select
            stacked.*,
            blocs.name_en,
            stacked.document_b = stacked.official_document and stacked.is_latest_possible = 1 as is_by_then,
            {{ period_text("stacked.start_date_b", "stacked.start_precision_b") }} as date_b,
            {{ in_period("stacked.start_date", "stacked.start_precision") }} as in_a,
            {{ in_period("stacked.start_date_b", "stacked.start_precision_b") }} as in_b
        from stacked
        inner join blocs on stacked.bloc = blocs.bloc

    ),

    final as (

        select
            'bloc_dates' as rule,
            claim || '|' || {{ place_of("document_b", "text_line_b") }} as found_key,
            'date' as topic,
            case when document = document_b then 'internal' else 'cross_document' end as kind,
            name_en || case when stage = 1 and stage_b = 1 then ': proposal' else ': start' end as subject,
            document
            || ': the '
            || name_en
            || case when stage = 1 then ' was proposed ' else ' began ' end
            || in_a
            || '.' as claim_a,
            printed as printed_a,
            document as document_a,
            locator as locator_a,
            text_line as text_line_a,
            named_b
            || ': the '
            || name_en
            || case
                when is_by_then
                then ' had begun by ' || date_b
                else case when stage_b = 1 then ' was proposed ' else ' began ' end || in_b
            end
            || '.' as claim_b,
            printed_b,
            document_b,
            locator_b,
            text_line_b,
            bloc,
            cast(null as {{ dbt.type_string() }}) as mineral,
            cast(null as {{ dbt.type_string() }}) as party,
            {{ period_severity("start_date", "start_last", "start_date_b", "start_last_b") }} as severity,
            case
                when is_by_then
                then 'What had begun by ' || date_b || ' did not begin ' || in_a || '.'
                when stage > 1 and stage_b = 1
                then 'What began ' || in_a || ' was not first proposed ' || in_b || '.'
                when stage = 1 and stage_b > 1
                then 'What began ' || in_b || ' was not first proposed ' || in_a || '.'
                else
                    'One '
                    || case when stage = 1 then 'proposal' else 'beginning' end
                    || ' cannot lie both '
                    || in_a
                    || ' and '
                    || in_b
                    || '.'
            end || case
                when document = document_b and official_document is not null
                then
                    ' '
                    || official_publisher
                    || ' has '
                    || {{ period_text("official_date", "official_precision") }}
                    || '.'
                else ''
            end as explanation
        from worded

    )

select *
from final
