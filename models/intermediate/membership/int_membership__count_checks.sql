{# Each stated number of parties beside what the same paper enumerates, and what official documents let be known. #}
with

    counts as (select * from {{ ref("int_membership__stated_counts") }}),

    enumerations as (select * from {{ ref("int_membership__enumerations") }}),

    unlisted as (select distinct document, bloc from {{ ref("int_membership__unlisted") }}),

    named as (
        select distinct bloc, party from {{ ref("int_membership__named") }} where document_kind = 'official_statement'
    ),

    resolved as (

        select *
        from {{ ref("int_membership__resolved") }}
        where role not in ('observer', 'institution') and status in ('in_force', 'ended')

    ),

    -- In the count's own paragraph everything may be meant that is enumerated there; elsewhere, what holds at the time.
    -- A list is whole if it has more than is stated, or nearly as many in the number's own period or paragraph. One
    -- that
    -- was kept up over several dates may still be behind the number; far fewer are a list that breaks off.
    enumerated as (

        select
            counts.claim,
            enumerations.n_parties,
            enumerations.parties,
            enumerations.by_date,
            enumerations.locator,
            enumerations.text_line,
            {{
                counted_as(
                    "counts.n_stated",
                    "enumerations.n_parties",
                    "case when enumerations.paragraph is not null or counts.is_dated then enumerations.n_initiators else 0 end",
                    "counts.n_eu * enumerations.n_eu",
                )
            }}
            as is_met,
            enumerations.n_parties >= 3
            and (
                enumerations.n_parties > counts.n_stated
                or (
                    3 * enumerations.n_parties > 2 * counts.n_stated
                    and (
                        enumerations.paragraph is not null
                        or (counts.is_dated and enumerations.by_date >= counts.first_day)
                    )
                )
            ) as is_whole,
            3 * enumerations.n_parties > 2 * counts.n_stated and enumerations.n_dates > 1 as is_kept_up,
            row_number() over (
                partition by counts.claim
                order by
                    case when enumerations.paragraph is null then 1 else 2 end,
                    enumerations.by_date desc,
                    enumerations.n_parties desc,
                    enumerations.paragraph
            ) as standing
        from counts
        inner join enumerations on counts.bloc = enumerations.bloc and counts.document = enumerations.document
        where
            enumerations.paragraph = counts.locator
            or (counts.is_dated and enumerations.by_date <= counts.last_day)
            or (not counts.is_dated and enumerations.is_latest)

    ),

    enumerated_once as (

        select
            claim,
            max(case when is_met then 1 else 0 end) as is_met,
            -- Met only by what its own paragraph lists, which may be of another time than that of writing.
            max(case when is_met and by_date is not null then 1 else 0 end) as is_met_by_date,
            max(case when standing = 1 and is_whole then 1 else 0 end) as is_whole,
            max(case when standing = 1 and (is_whole or is_kept_up) then n_parties end) as n_parties,
            max(case when standing = 1 then parties end) as parties,
            max(case when standing = 1 then locator end) as locator,
            max(case when standing = 1 then text_line end) as text_line
        from enumerated
        group by claim

    ),

    official as (

        select
            resolved.bloc,
            resolved.party,
            resolved.effective_from,
            resolved.valid_to,
            min(resolved.effective_from) over (partition by resolved.bloc) as start_date
        from resolved
        inner join named on resolved.bloc = named.bloc and resolved.party = named.party

    ),

    known as (

        select
            counts.claim,
            count(
                case
                    when
                        official.effective_from <= greatest(counts.first_day, official.start_date)
                        and (official.valid_to is null or official.valid_to > counts.first_day)
                    then official.party
                end
            ) as n_first,
            count(
                case
                    when
                        official.effective_from <= counts.last_day
                        and (official.valid_to is null or official.valid_to > counts.last_day)
                    then official.party
                end
            ) as n_last,
            max(case when official.party = 'EUU' then 1 else 0 end) as n_eu
        from counts
        inner join official on counts.bloc = official.bloc
        group by counts.claim

    ),

    checked as (

        select
            counts.*,
            coalesce(enumerated_once.is_met, 0) = 1 as is_met,
            coalesce(enumerated_once.is_met, 0) > coalesce(enumerated_once.is_met_by_date, 0) as is_of_its_paragraph,
            coalesce(enumerated_once.is_whole, 0) = 1 as is_whole,
            enumerated_once.n_parties,
            enumerated_once.parties as enumerated,
            enumerated_once.locator as enumerated_locator,
            enumerated_once.text_line as enumerated_line,
            cast(known.n_last as integer) as n_known,
            coalesce(
                counts.n_stated between known.n_first - counts.n_initiators - known.n_eu * counts.n_eu and known.n_last,
                false
            ) as is_known,
            unlisted.bloc is not null as has_unlisted
        from counts
        left join enumerated_once on counts.claim = enumerated_once.claim
        left join known on counts.claim = known.claim
        left join unlisted on counts.bloc = unlisted.bloc and counts.document = unlisted.document

    ),

    final as (

        select
            claim,
            bloc,
            bloc_name,
            document,
            locator,
            text_line,
            printed,
            n_stated,
            is_dated,
            first_day,
            last_day,
            n_initiators,
            n_eu,
            published_on,
            is_met,
            is_of_its_paragraph,
            case when is_whole or not is_known then n_parties end as n_enumerated,
            enumerated,
            enumerated_locator,
            enumerated_line,
            n_known,
            is_known,
            has_unlisted
        from checked

    )

select *
from final
