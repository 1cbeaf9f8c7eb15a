with

    unlisted as (select * from {{ ref("int_membership__unlisted") }}),

    -- The fullest list speaks for all, the latest of equals.
    ranked as (

        select
            unlisted.*,
            row_number() over (
                partition by unlisted.document, unlisted.bloc, unlisted.text_line, unlisted.party
                order by
                    case when unlisted.is_of_founders then 2 else 1 end,
                    unlisted.list_n_parties desc,
                    unlisted.list_known_by desc,
                    unlisted.list_document
            ) as standing,
            count(*) over (partition by unlisted.document, unlisted.bloc, unlisted.text_line, unlisted.party) as n_lists
        from unlisted

    ),

    grouped as (

        select
            document,
            bloc,
            bloc_name,
            text_line,
            min(locator) as locator,
            {{ joined_text("printed") }} as printed,
            {{ joined_text("party") }} as parties,
            {{ joined_text("named_as") }} as party_names,
            count(*) as n_parties,
            list_document,
            list_publisher,
            list_locator,
            list_parties,
            list_n_parties,
            max(n_lists) as n_lists,
            is_of_founders
        from ranked
        where standing = 1
        group by
            document,
            bloc,
            bloc_name,
            text_line,
            list_document,
            list_publisher,
            list_locator,
            list_parties,
            list_n_parties,
            is_of_founders

    ),

    final as (

        select
            'member_lists' as rule,
            bloc || '|' || {{ place_of("document", "text_line") }} || '|' || list_document as found_key,
            'membership' as topic,
            'cross_document' as kind,
            bloc_name || ': membership of ' || party_names as subject,
            document || ' counts among the parties of the ' || bloc_name || ': ' || party_names || '.' as claim_a,
            printed as printed_a,
            document as document_a,
            locator as locator_a,
            text_line as text_line_a,
            list_publisher
            || ': the '
            || list_n_parties
            || case when is_of_founders then ' founding parties' else ' parties' end
            || ' of the '
            || bloc_name
            || ' are '
            || list_parties
            || '.' as claim_b,
            list_parties as printed_b,
            list_document as document_b,
            list_locator as locator_b,
            cast(null as integer) as text_line_b,
            bloc,
            cast(null as {{ dbt.type_string() }}) as mineral,
            case when n_parties = 1 then parties end as party,
            case when is_of_founders then 'medium' else 'high' end as severity,
            'No official document of the bloc names '
            || parties
            || '; '
            || n_lists
            || case when n_lists = 1 then ' official list leaves' else ' official lists leave' end
            || ' them out.' as explanation
        from grouped

    )

select *
from final
