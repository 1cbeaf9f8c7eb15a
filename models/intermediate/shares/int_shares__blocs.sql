with

    members as (select * from {{ ref("int_shares__members") }}),

    -- A series without any known amount has no shares.
    series as (select * from {{ ref("int_shares__series") }} where coalesce(world_published, world_all_rows) > 0),

    observations as (select * from {{ ref("int_observations__by_party") }}),

    -- Every member meets every series of the year; what it does not report stays null, never zero.
    member_values as (

        select
            members.*,
            series.source,
            series.edition,
            series.mineral,
            series.basis,
            series.stage,
            series.measure,
            observations.value_tonnes,
            coalesce(observations.low_tonnes, observations.value_tonnes) as low_tonnes,
            coalesce(observations.high_tonnes, observations.value_tonnes) as high_tonnes
        from members
        inner join series on members.year = series.year
        left join
            observations
            on series.source = observations.source
            and series.edition = observations.edition
            and series.mineral = observations.mineral
            and series.basis = observations.basis
            and series.stage = observations.stage
            and series.measure = observations.measure
            and series.year = observations.year
            and members.party = observations.party

    ),

    sums as (

        select
            bloc,
            party_scope,
            mineral,
            basis,
            stage,
            measure,
            year,
            source,
            edition,
            membership_rule,
            membership_as_of,
            eu_treatment,
            sum(weight * value_tonnes) as bloc_value,
            sum(weight * low_tonnes) as bloc_low,
            sum(weight * high_tonnes) as bloc_high,
            count(*) as n_members,
            count(value_tonnes) as n_members_reporting,
            -- The EU as a signatory reports nothing of its own and hides no production of its own.
            count(case when value_tonnes is null and party <> 'EUU' then 1 end) as n_members_hidden,
            {{ joined_text("party") }} as member_parties
        from member_values
        group by
            bloc,
            party_scope,
            mineral,
            basis,
            stage,
            measure,
            year,
            source,
            edition,
            membership_rule,
            membership_as_of,
            eu_treatment

    ),

    with_world as (

        select
            sums.*,
            series.world_published,
            series.world_all_rows,
            series.world_named_rows,
            series.is_world_lower_bound,
            coalesce(series.world_published, series.world_all_rows) as denominator,
            -- What no row names: the residual, and what the published total holds beyond all rows (withheld output).
            case
                when sums.n_members_hidden > 0
                then series.residual + greatest(coalesce(series.world_published, 0) - series.world_all_rows, 0)
                else 0
            end as hidden
        from sums
        inner join
            series
            on sums.source = series.source
            and sums.edition = series.edition
            and sums.mineral = series.mineral
            and sums.basis = series.basis
            and sums.stage = series.stage
            and sums.measure = series.measure
            and sums.year = series.year

    ),

    final as (

        select
            bloc,
            party_scope,
            mineral,
            basis,
            stage,
            measure,
            year,
            source,
            edition,
            membership_rule,
            membership_as_of,
            eu_treatment,
            bloc_value,
            world_published,
            world_all_rows,
            world_named_rows,
            't' as unit,
            bloc_value / nullif(denominator, 0) as share,
            -- Over a world total that is only a lower bound, nothing above zero is certain.
            case
                when bloc_value is not null
                then case when is_world_lower_bound then 0 else least(bloc_low, bloc_value) / nullif(denominator, 0) end
            end as share_low,
            -- A rounded world total can fall short of its parts; a share above one says nothing more than one.
            case
                when bloc_value is not null
                then
                    greatest(
                        least((bloc_high + hidden) / nullif(denominator, 0), 1), bloc_value / nullif(denominator, 0)
                    )
            end as share_high,
            bloc_value / nullif(world_all_rows, 0) as share_of_all_rows,
            bloc_value / nullif(world_named_rows, 0) as share_of_named_rows,
            cast(n_members as integer) as n_members,
            cast(n_members_reporting as integer) as n_members_reporting,
            member_parties
        from with_world

    )

select *
from final
