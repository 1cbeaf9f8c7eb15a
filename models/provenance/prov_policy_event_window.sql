with

    windows as (select * from {{ within_file(ref("policy_event_window")) }}),

    events as (select * from {{ within_file(ref("fct_policy_event")) }}),

    cells as (select * from {{ within_file(ref("prov_int_observations__by_party")) }}),

    happened as (

        select
            windows.event_id,
            windows.mineral,
            windows.party,
            windows.year,
            windows.source,
            windows.edition,
            windows.basis,
            windows.stage,
            'event' as cell_role,
            {{
                cell_of_document(
                    "events.document", "events.locator", "events.text_line", "events.printed", "windows.party"
                )
            }}
        from windows
        inner join events on windows.event_id = events.event_id

    ),

    figures as (

        select
            windows.event_id,
            windows.mineral,
            windows.party,
            windows.year,
            windows.source,
            windows.edition,
            windows.basis,
            windows.stage,
            case
                cells.cell_role
                when 'world'
                then 'denominator'
                when 'residual'
                then 'residual'
                else case when cells.party = windows.party then 'numerator' else 'other_row' end
            end as cell_role,
            {{ cell_columns("cells") }}
        from windows
        inner join
            cells
            on windows.source = cells.source
            and windows.edition = cells.edition
            and windows.mineral = cells.mineral
            and windows.basis = cells.basis
            and windows.stage = cells.stage
            and cells.measure = 'production'
            and windows.year = cells.year

    ),

    final as (

        select *
        from happened
        union all
        select *
        from figures

    )

select *
from final
