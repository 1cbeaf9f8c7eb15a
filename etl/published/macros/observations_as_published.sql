{% import "_checks.sql" as checks %}
with

    asked as (select {{ checks.a_day("known_date") }} as of_day),

    published as (
        select editions.source, editions.edition, editions.known_by
        from marts.dim_edition as editions, asked
        where editions.known_by <= asked.of_day
    )

select
    observations.*,
    published.known_by as edition_known_by,
    published.edition = max(published.edition) over (
        partition by
            observations.source,
            observations.mineral,
            observations.basis,
            observations.stage,
            observations.measure,
            observations.year
    ) as is_latest_edition
from marts.fct_observation as observations
inner join published on observations.source = published.source and observations.edition = published.edition
order by
    observations.source,
    observations.edition,
    observations.mineral,
    observations.basis,
    observations.stage,
    observations.measure,
    observations.year,
    observations.party,
    observations.observation_id
