{# All contradictions: what the rules find, with the review of it where there is one, and what only a reader could find. #}
with

    found as ({{ stack_models(var("conflict_rules")) }}),

    reviewed as (select * from {{ ref("stg_decisions__conflicts") }}),

    files as (select * from {{ ref("stg_landed__files") }}),

    -- Two rules can see one contradiction: the same places and topic, the same bloc and mineral. One of them speaks,
    -- and every one that has a review of its own.
    ranked as (

        select
            *,
            min(rule) over (
                partition by topic, document_a, text_line_a, document_b, text_line_b, bloc, mineral
            ) as first_rule
        from found

    ),

    distinct_found as (

        select ranked.*
        from ranked
        left join reviewed on ranked.rule = reviewed.found_by and ranked.found_key = reviewed.found_key
        where ranked.rule = ranked.first_rule or reviewed.conflict is not null

    ),

    -- A review's words are better than a rule's; where there is none yet, the rule speaks and the conflict is open.
    by_rule as (

        select
            {{ stable_id("'cf'", ["found.rule", "found.found_key"]) }} as conflict_id,
            coalesce(reviewed.topic, found.topic) as topic,
            found.kind,
            coalesce(reviewed.subject, found.subject) as subject,
            found.claim_a,
            found.printed_a,
            found.document_a,
            found.locator_a,
            found.text_line_a,
            found.claim_b,
            found.printed_b,
            found.document_b,
            found.locator_b,
            found.text_line_b,
            found.bloc,
            found.mineral,
            found.party,
            coalesce(reviewed.severity, found.severity) as severity,
            found.rule as detected_by,
            found.found_key,
            case when reviewed.chosen is null or reviewed.chosen = 'open' then 'open' else 'resolved' end as resolution,
            case when reviewed.chosen <> 'open' then reviewed.chosen end as chosen,
            coalesce(reviewed.reason, found.explanation) as reason,
            reviewed.evidence
        from distinct_found as found
        left join reviewed on found.rule = reviewed.found_by and found.found_key = reviewed.found_key

    ),

    -- What a rule can only see with files that are not landed here was found with them, and stays.
    unseen as (

        select reviewed.conflict
        from reviewed
        left join found on reviewed.found_by = found.rule and reviewed.found_key = found.found_key
        left join files on reviewed.requires = files.source || ':' || files.edition
        where reviewed.found_by <> 'curator' and found.rule is null
        group by reviewed.conflict
        having count(files.file) = 0 and count(reviewed.requires) > 0

    ),

    by_reader as (

        select
            case
                when found_by = 'curator'
                then {{ stable_id("'cf'", ["found_by", "conflict"]) }}
                else {{ stable_id("'cf'", ["found_by", "found_key"]) }}
            end as conflict_id,
            topic,
            kind,
            subject,
            claim_a,
            printed_a,
            document_a,
            locator_a,
            text_line_a,
            claim_b,
            printed_b,
            document_b,
            locator_b,
            text_line_b,
            bloc,
            mineral,
            party,
            severity,
            found_by as detected_by,
            case when found_by = 'curator' then conflict else found_key end as found_key,
            case when chosen = 'open' then 'open' else 'resolved' end as resolution,
            case when chosen <> 'open' then chosen end as chosen,
            reason,
            evidence
        from reviewed
        where found_by = 'curator' or conflict in (select conflict from unseen)

    ),

    final as (

        select *
        from by_rule
        union all
        select *
        from by_reader

    )

select *
from final
