with

    members as (select * from {{ ref("int_shares__members") }}),

    -- A series without any known amount has no shares.
    series as (select * from {{ ref("int_shares__series") }} where coalesce(world_published, world_all_rows) > 0),

    observations as (select * from {{ ref("int_observations__by_party") }}),

    -- Who counts is the same for every series of a year.
    compositions as (

        select
            members.bloc,
            party_scope,
            eu_treatment,
            membership_rule,
            membership_as_of,
            year,
            count(*) as n_members,
            -- The EU as a signatory reports nothing of its own and hides no production of its own.
            count(case when party <> 'EUU' then 1 end) as n_members_with_ground,
            {{ joined_text("party") }} as member_parties
        from members
        group by members.bloc, party_scope, eu_treatment, membership_rule, membership_as_of, year

    ),

    reported as (

        select
            members.bloc,
            members.party_scope,
            members.eu_treatment,
            members.membership_rule,
            members.year,
            observations.source,
            observations.edition,
            observations.mineral,
            observations.basis,
            observations.stage,
            observations.measure,
            {{ total("members.weight * observations.value_tonnes") }} as bloc_value,
            {{ total("members.weight * coalesce(observations.low_tonnes, observations.value_tonnes)") }} as bloc_low,
            {{ total("members.weight * coalesce(observations.high_tonnes, observations.value_tonnes)") }} as bloc_high,
            count(observations.value_tonnes) as n_members_reporting,
            coalesce(sum(observations.n_withheld), 0) as n_withheld
        from members
        inner join observations on members.party = observations.party and members.year = observations.year
        group by
            members.bloc,
            members.party_scope,
            members.eu_treatment,
            members.membership_rule,
            members.year,
            observations.source,
            observations.edition,
            observations.mineral,
            observations.basis,
            observations.stage,
            observations.measure

    ),

    -- Every bloc meets every series of the year; what no member reports stays null, never zero.
    with_world as (

        select
            compositions.*,
            series.source,
            series.edition,
            series.mineral,
            series.basis,
            series.stage,
            series.measure,
            series.world_published,
            series.world_all_rows,
            series.world_named_rows,
            series.is_world_lower_bound,
            coalesce(series.world_published, series.world_all_rows) as denominator,
            coalesce(series.world_low, series.world_published, series.world_all_rows) as denominator_low,
            coalesce(series.world_high, series.world_published, series.world_all_rows) as denominator_high,
            reported.bloc_value,
            reported.bloc_low,
            reported.bloc_high,
            coalesce(reported.n_members_reporting, 0) as n_members_reporting,
            series.is_world_without_withheld and reported.n_withheld > 0 as is_unbounded,
            -- What no row names: the residual, and what the published total holds beyond all rows (withheld output).
            case
                when compositions.n_members_with_ground > coalesce(reported.n_members_reporting, 0)
                then series.residual + greatest(coalesce(series.world_published, 0) - series.world_all_rows, 0)
                else 0
            end as hidden
        from compositions
        inner join series on compositions.year = series.year
        left join
            reported
            on compositions.bloc = reported.bloc
            and compositions.party_scope = reported.party_scope
            and compositions.eu_treatment = reported.eu_treatment
            and compositions.membership_rule = reported.membership_rule
            and compositions.year = reported.year
            and series.source = reported.source
            and series.edition = reported.edition
            and series.mineral = reported.mineral
            and series.basis = reported.basis
            and series.stage = reported.stage
            and series.measure = reported.measure

    ),

    final as (

        select
            with_world.bloc,
            party_scope,
            with_world.mineral,
            basis,
            stage,
            with_world.measure,
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
                then
                    case
                        when is_world_lower_bound then 0 else least(bloc_low, bloc_value) / nullif(denominator_high, 0)
                    end
            end as share_low,
            -- Where a member withholds and the world total leaves that out too, nothing bounds the share from above.
            -- A rounded world total can fall short of its parts; a share above one says nothing more than one.
            case
                when bloc_value is not null and is_unbounded
                then greatest(1, bloc_value / nullif(denominator, 0))
                when bloc_value is not null
                then
                    greatest(
                        least((bloc_high + hidden) / nullif(denominator_low, 0), 1), bloc_value / nullif(denominator, 0)
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
