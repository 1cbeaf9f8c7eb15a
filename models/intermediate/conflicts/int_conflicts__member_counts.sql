with

    counts as (select * from {{ ref("int_membership__count_checks") }}),

    lists as (select * from {{ ref("int_membership__official_lists") }}),

    against_itself as (

        select
            counts.*,
            document as document_b,
            enumerated_locator as locator_b,
            enumerated_line as text_line_b,
            enumerated as printed_b,
            document
            || ': '
            || enumerated
            || ' are its parties, '
            || cast(n_enumerated as {{ dbt.type_string() }})
            || ' in all.' as claim_b,
            n_enumerated as n_b
        from counts
        where not is_met and n_enumerated is not null

    ),

    -- The official list of as many parties as were members then; the first of several.
    official as (

        select
            counts.claim,
            lists.document as document_b,
            lists.locator as locator_b,
            lists.parties,
            lists.publisher,
            lists.n_parties,
            row_number() over (partition by counts.claim order by lists.known_by, lists.document) as standing
        from counts
        inner join
            lists
            on counts.bloc = lists.bloc
            and counts.n_known = lists.n_parties
            and (not lists.is_of_founders or counts.is_dated)

    ),

    against_official as (

        select
            counts.*,
            official.document_b,
            official.locator_b,
            cast(null as integer) as text_line_b,
            official.parties as printed_b,
            official.publisher
            || ': '
            || official.parties
            || ' are its parties, '
            || cast(official.n_parties as {{ dbt.type_string() }})
            || ' in all.' as claim_b,
            official.n_parties as n_b
        from counts
        inner join official on counts.claim = official.claim and official.standing = 1
        where
            (counts.is_met or counts.n_enumerated is null)
            and not counts.is_of_its_paragraph
            and not counts.has_unlisted
            and not counts.is_known

    ),

    explained as (

        select counts.*
        from counts
        left join against_itself on counts.claim = against_itself.claim
        left join against_official on counts.claim = against_official.claim
        where against_itself.claim is null and against_official.claim is null and not counts.is_of_its_paragraph

    ),

    against_another as (

        select
            explained.*,
            other.document as document_b,
            other.locator as locator_b,
            other.text_line as text_line_b,
            other.printed as printed_b,
            other.document
            || ': the '
            || other.bloc_name
            || ' has '
            || cast(other.n_stated as {{ dbt.type_string() }})
            || ' parties.' as claim_b,
            other.n_stated as n_b
        from explained
        inner join
            explained as other
            on explained.bloc = other.bloc
            and explained.is_dated = other.is_dated
            and {{ periods_meet("explained.first_day", "explained.last_day", "other.first_day", "other.last_day") }}
            and (
                explained.published_on < other.published_on
                or (explained.published_on = other.published_on and explained.claim < other.claim)
            )
        where
            explained.n_stated + explained.n_initiators + explained.n_eu < other.n_stated
            or other.n_stated + other.n_initiators + other.n_eu < explained.n_stated

    ),

    stacked as (

        select *
        from against_itself
        union all
        select *
        from against_official
        union all
        select *
        from against_another

    ),

    final as (

        select
            'member_counts' as rule,
            claim || '|' || {{ place_of("document_b", "text_line_b") }} as found_key,
            'count' as topic,
            case when document = document_b then 'internal' else 'cross_document' end as kind,
            bloc_name || ': number of parties' as subject,
            document
            || ': the '
            || bloc_name
            || ' has '
            || cast(n_stated as {{ dbt.type_string() }})
            || ' parties.' as claim_a,
            printed as printed_a,
            document as document_a,
            locator as locator_a,
            text_line as text_line_a,
            claim_b,
            printed_b,
            document_b,
            locator_b,
            text_line_b,
            bloc,
            cast(null as {{ dbt.type_string() }}) as mineral,
            cast(null as {{ dbt.type_string() }}) as party,
            'high' as severity,
            cast(n_stated as {{ dbt.type_string() }})
            || ' is not '
            || cast(n_b as {{ dbt.type_string() }})
            || case
                when n_initiators + n_eu > 0
                then ', nor does leaving out the initiator or the EU explain it.'
                else
                    '; it is stated of all members' || case
                        when is_dated
                        then '.'
                        else ', in a paper written after ' || {{ period_text("first_day", "'day'") }} || '.'
                    end
            end as explanation
        from stacked

    )

select *
from final
