{# Memberships as the documents of a day would have resolved them: the same adjudication over the claims, the decisions
   and the accessions that were out by then. #}
{% macro known_memberships() -%}
    stg_decisions__membership_resolutions as (
        select decisions.*
        from staging.stg_decisions__membership_resolutions as decisions, asked
        inner join marts.dim_document as documents on decisions.document = documents.document
        where documents.known_by <= asked.of_day
    ),

    int_membership__claims as (
        select
            claims.* replace (
                exists (
                    select 1
                    from stg_decisions__membership_resolutions as decisions
                    where
                        decisions.bloc = claims.bloc
                        and decisions.party = claims.party
                        and decisions.action = 'reject'
                ) as is_rejected
            )
        from intermediate.int_membership__claims as claims, asked
        where claims.known_by <= asked.of_day
    ),

    stg_reference__eu_membership as (
        select states.* replace (case when states.valid_to <= asked.of_day then states.valid_to end as valid_to)
        from staging.stg_reference__eu_membership as states, asked
        where states.valid_from <= asked.of_day
    )
{%- endmacro %}
