{# Printed shares and rates against the figures that they are of, and parts against their whole. #}
with

    ratios as (select * from {{ ref("int_claims__ratios") }}),

    growth as (select * from {{ ref("int_claims__growth") }}),

    parts as (select * from {{ ref("int_claims__parts") }}),

    claims as (select * from {{ ref("int_claims__intervals") }}),

    -- A share is contradicted when no numerator and total at hand give it.
    judged as (

        select
            *,
            min(case when {{ disjoint("share_low", "share_high", "ratio_low", "ratio_high") }} then 1 else 0 end) over (
                partition by share_id
            ) as is_contradicted,
            row_number() over (
                partition by share_id
                -- Official totals before those of other documents; of these the one that fits best.
                order by
                    case world_kind when 'own' then 1 when 'official' then 2 else 3 end,
                    {{ distance_between("share_low", "share_high", "ratio_low", "ratio_high") }},
                    world_document,
                    world_locator
            ) as nearness
        from ratios

    ),

    contradicted as (

        select
            judged.*,
            shares.statement as share_statement,
            shares.figure as share_figure,
            shares.printed as share_printed,
            shares.locator as share_locator,
            shares.subject,
            shares.party,
            shares.bloc,
            amounts.printed as amount_printed,
            amounts.figure as amount_figure,
            amounts.locator as amount_locator,
            {{ distance_between("judged.share_low", "judged.share_high", "judged.ratio_low", "judged.ratio_high") }}
            as gap,
            coalesce(replace(judged.mineral, '_', ' '), 'all') as mineral_name
        from judged
        inner join claims as shares on judged.share_id = shares.claim_id
        inner join claims as amounts on judged.amount_id = amounts.claim_id
        where judged.is_contradicted = 1 and judged.nearness = 1

    ),

    placed as (

        select
            *,
            -- One row per printed line of shares: its cells deviate for one cause. The widest stands for the line.
            row_number() over (
                partition by document, place, share_line, amount_line, party, bloc, world_kind
                order by gap desc, mineral, share_id
            ) as standing,
            count(*) over (partition by document, place, share_line, amount_line, party, bloc, world_kind) as n_shares
        from contradicted

    ),

    lines as (

        select
            document,
            place,
            share_line,
            amount_line,
            party,
            bloc,
            world_kind,
            max(n_shares) as n_shares,
            {{ joined_text("mineral_name || ' ' || share_figure") }} as printed_shares,
            {{ joined_text("mineral_name || ' ' || " ~ number_text("ratio", 1) ~ " || ' %'") }} as computed_shares,
            max(case when standing = 1 then mineral end) as mineral,
            max(case when standing = 1 then subject end) as subject,
            max(case when standing = 1 then share_statement end) as share_statement,
            max(case when standing = 1 then share_printed end) as share_printed,
            max(case when standing = 1 then share_figure end) as share_figure,
            max(case when standing = 1 then share_locator end) as share_locator,
            max(case when standing = 1 then amount_printed end) as amount_printed,
            max(case when standing = 1 then amount_figure end) as amount_figure,
            max(case when standing = 1 then amount_locator end) as amount_locator,
            max(case when standing = 1 then world_document end) as world_document,
            max(case when standing = 1 then world_locator end) as world_locator,
            max(case when standing = 1 then world_printed end) as world_printed,
            max(case when standing = 1 then world_line end) as world_line,
            max(case when standing = 1 then ratio end) as ratio,
            max(gap) as gap
        from placed
        group by document, place, share_line, amount_line, party, bloc, world_kind

    ),

    of_shares as (

        select
            document
            || '|'
            || place
            || '|'
            || cast(share_line as {{ dbt.type_string() }})
            || '|'
            || cast(amount_line as {{ dbt.type_string() }})
            || '|'
            || coalesce(party, bloc)
            || case when n_shares = 1 then coalesce('|' || mineral, '') else '' end as found_key,
            'share' as topic,
            case
                world_kind when 'own' then 'arithmetic' when 'official' then 'against_reality' else 'cross_document'
            end as kind,
            case
                when n_shares > 1
                then document || ', ' || place || ': shares against the amounts printed for them'
                else subject
            end as subject,
            case
                when n_shares > 1 then 'The shares printed are ' || printed_shares || '.' else share_statement
            end as claim_a,
            share_printed as printed_a,
            document as document_a,
            case when n_shares > 1 then split_part(share_locator, ', column', 1) else share_locator end as locator_a,
            share_line as text_line_a,
            case
                when n_shares > 1
                then 'The amounts printed over their totals give ' || computed_shares || '.'
                else
                    'The amount printed, '
                    || amount_figure
                    || ', is '
                    || {{ number_text("ratio", 1) }}
                    || ' % of the world total'
                    || case world_kind when 'own' then ' printed with it.' else '.' end
            end as claim_b,
            case when world_kind = 'own' then amount_printed else world_printed end as printed_b,
            case when world_kind = 'own' then document else world_document end as document_b,
            case
                when world_kind <> 'own'
                then world_locator
                when n_shares > 1
                then split_part(amount_locator, ', column', 1)
                else amount_locator
            end as locator_b,
            case when world_kind = 'own' then amount_line else world_line end as text_line_b,
            bloc,
            case when n_shares = 1 then mineral end as mineral,
            party,
            case when gap >= 5 then 'high' when gap >= 1 then 'medium' else 'low' end as severity,
            case
                when n_shares > 1
                then
                    'None of these shares follows from the amounts printed beside them; they differ by up to '
                    || {{ number_text("gap", 1) }}
                    || ' points. Share and amount cannot be of the same parties.'
                else
                    'Printed as '
                    || share_figure
                    || case
                        world_kind
                        when 'own'
                        then ', while the amount over the total printed with it is '
                        else ', while no world total at hand brings the amount nearer to it than '
                    end
                    || {{ number_text("ratio", 2) }}
                    || ' %.'
            end as explanation
        from lines

    ),

    of_growth as (

        select
            growth.document
            || '|'
            || changes.measure
            || coalesce('|' || growth.mineral, '')
            || coalesce('|' || growth.party, '')
            || '|'
            || cast(growth.year_from as {{ dbt.type_string() }})
            || '-'
            || cast(growth.year_to as {{ dbt.type_string() }}) as found_key,
            'arithmetic' as topic,
            'arithmetic' as kind,
            changes.subject
            || ', '
            || cast(growth.year_from as {{ dbt.type_string() }})
            || ' to '
            || cast(growth.year_to as {{ dbt.type_string() }}) as subject,
            before.statement as claim_a,
            before.printed as printed_a,
            growth.document as document_a,
            before.locator as locator_a,
            before.text_line as text_line_a,
            changes.statement || ' ' || after.statement as claim_b,
            after.printed as printed_b,
            growth.document as document_b,
            after.locator as locator_b,
            after.text_line as text_line_b,
            growth.bloc,
            growth.mineral,
            growth.party,
            case
                when
                    sign(growth.change_high) <> sign(growth.implied_low)
                    or abs(growth.implied - growth.change_low) >= 10
                then 'high'
                else 'medium'
            end as severity,
            'The two amounts make a change of '
            || {{ number_text("growth.implied", 1) }}
            || case growth.base_unit when 'times' then ' times' else ' %' end
            || ', the change printed is '
            || changes.figure
            || '.' as explanation
        from growth
        inner join claims as changes on growth.change_id = changes.claim_id
        inner join claims as before on growth.before_id = before.claim_id
        inner join claims as after on growth.after_id = after.claim_id
        where {{ disjoint("growth.change_low", "growth.change_high", "growth.implied_low", "growth.implied_high") }}

    ),

    of_parts as (

        select
            document || '|' || what || '|' || cast(parts_line as {{ dbt.type_string() }}) as found_key,
            case when what like 'project%' then 'count' else 'arithmetic' end as topic,
            'arithmetic' as kind,
            document || ': ' || subject || ' against the whole' as subject,
            'The parts are ' || parts || '.' as claim_a,
            cast(null as {{ dbt.type_string() }}) as printed_a,
            document as document_a,
            parts_locator as locator_a,
            parts_line as text_line_a,
            'The whole is ' || {{ number_text("whole") }} || '.' as claim_b,
            whole_printed as printed_b,
            document as document_b,
            coalesce(whole_locator, parts_locator) as locator_b,
            coalesce(whole_line, parts_line) as text_line_b,
            cast(null as {{ dbt.type_string() }}) as bloc,
            mineral,
            cast(null as {{ dbt.type_string() }}) as party,
            'medium' as severity,
            'The '
            || cast(n_parts as {{ dbt.type_string() }})
            || ' parts add up to '
            || {{ number_text("parts_low") }}
            || case when parts_high > parts_low then ' at least' else '' end
            || ', the whole is '
            || {{ number_text("whole") }}
            || '.' as explanation
        from parts
        where is_contradiction

    ),

    stacked as (

        select *
        from of_shares
        union all
        select *
        from of_growth
        union all
        select *
        from of_parts

    ),

    final as (select 'share_parts' as rule, stacked.* from stacked)

select *
from final
