{% import "_checks.sql" as checks %}
{% import "_known.sql" as knowledge with context %}
with

    asked as (select {{ checks.a_day("known_date") }} as of_day),

    {{ knowledge.known_memberships() }},

    {{ path("int_membership__resolved", given=["int_membership__claims", "stg_decisions__membership_resolutions", "stg_reference__eu_membership"]) }}

select
    resolved.bloc,
    resolved.party,
    resolved.role,
    resolved.party_scope,
    resolved.valid_from,
    resolved.valid_from_precision,
    resolved.valid_to,
    resolved.status,
    resolved.n_claims,
    resolved.resolution,
    resolved.document,
    resolved.locator,
    resolved.known_from
from int_membership__resolved as resolved
order by resolved.bloc, resolved.party, resolved.valid_from
