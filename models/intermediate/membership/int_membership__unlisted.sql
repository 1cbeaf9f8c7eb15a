{# Parties that a paper counts as members while no official document of the bloc names them, beside the lists that ought to.
   Lists of members speak against every claim, from the day of joining on, or, where no day is claimed, from a year before
   the paper. A list of founders speaks only against founders, and against parties of the first day that no other paper
   knows. #}
with

    named as (select * from {{ ref("int_membership__named") }} where group_party is null),

    bloc_claims as (select * from {{ ref("stg_articles__bloc_claims") }} where start_date is not null),

    eu_membership as (select * from {{ ref("stg_reference__eu_membership") }}),

    lists as (select * from {{ ref("int_membership__official_lists") }}),

    starts as (select distinct document, bloc, start_date from bloc_claims),

    known as (

        select
            bloc,
            party,
            max(case when document_kind = 'official_statement' then 1 else 0 end) as is_official,
            count(distinct document) as n_documents
        from named
        group by bloc, party

    ),

    -- One claim per paper, bloc and party: the first place that says so.
    claimed as (

        select
            named.*,
            max(case when named.is_founder then 1 else 0 end) over (
                partition by named.document, named.bloc, named.party
            )
            = 1 as is_called_founder,
            max(case when starts.start_date is not null then 1 else 0 end) over (
                partition by named.document, named.bloc, named.party
            )
            = 1 as is_of_first_day,
            row_number() over (
                partition by named.document, named.bloc, named.party
                order by case when named.joined is null then 2 else 1 end, named.joined, named.text_line, named.locator
            ) as standing
        from named
        left join
            starts on named.document = starts.document and named.bloc = starts.bloc and named.joined = starts.start_date
        where named.document_kind = 'paper' and named.counts

    ),

    final as (

        select
            claimed.document,
            claimed.bloc,
            claimed.bloc_name,
            claimed.party,
            claimed.named_as,
            claimed.locator,
            claimed.text_line,
            claimed.printed,
            lists.document as list_document,
            lists.publisher as list_publisher,
            lists.locator as list_locator,
            lists.known_by as list_known_by,
            lists.n_parties as list_n_parties,
            lists.parties as list_parties,
            lists.is_of_founders
        from claimed
        inner join lists on claimed.bloc = lists.bloc
        inner join known on claimed.bloc = known.bloc and claimed.party = known.party
        left join
            eu_membership
            on claimed.party = eu_membership.party
            and claimed.published_on >= eu_membership.valid_from
            and (eu_membership.valid_to is null or claimed.published_on < eu_membership.valid_to)
        where
            claimed.standing = 1
            and known.is_official = 0
            and (
                not lists.is_of_founders
                or claimed.is_called_founder
                or (claimed.is_of_first_day and known.n_documents = 1)
            )
            and (
                lists.known_by >= claimed.joined
                or (claimed.joined is null and {{ days_between("lists.known_by", "claimed.published_on") }} <= 366)
            )
            -- A list that names the EU but none of its states may mean them all.
            and (eu_membership.party is null or lists.names_eu_states)

    )

select *
from final
