{# Printed amounts whose digits are those of an official figure while their size, or the basis printed with them, is not: the
   unit cannot be as printed. #}
with

    claims as (select * from {{ ref("int_claims__intervals") }}),

    official as (select * from {{ ref("int_claims__official") }} where not is_share and relation = 'sum'),

    compared as (

        select
            official.*,
            claims.value,
            log10(claims.value / official.amount) as magnitude,
            abs(claims.value / official.amount_as_published - 1) <= 0.005 as is_same_figure,
            coalesce(official.basis = official.basis_printed, official.basis_printed is null) as is_basis_printed
        from official
        inner join claims on official.claim_id = claims.claim_id
        where
            claims.value > 0
            and official.amount_as_published > 0
            and claims.qualifier in ('exact', 'about')
            -- Members come and go: a bloc's total differs with who is counted, and some count always fits.
            and official.whose <> 'bloc'

    ),

    judged as (

        select
            *,
            round(magnitude) as power,
            -- Where one official figure is of the size printed, the unit is in order.
            max(case when abs(magnitude) < 0.2 then 1 else 0 end) over (partition by claim_id) as has_right_size,
            max(case when is_basis_printed and abs(magnitude) < 0.2 then 1 else 0 end) over (
                partition by claim_id
            ) as has_right_basis
        from compared

    ),

    suspects as (

        select *, 'scale' as fault
        from judged
        where
            has_right_size = 0
            -- A factor of ten can also be an ore of ten percent: there the digits must be the same. From a hundred on,
            -- those of another edition or year will do.
            and (
                (abs(power) >= 2 and abs(magnitude - power) <= 0.15)
                or (abs(power) = 1 and abs(magnitude - power) <= 0.01)
            )
        union all
        select *, 'basis' as fault
        from judged
        where has_right_basis = 0 and not is_basis_printed and is_same_figure

    ),

    ranked as (

        select
            *,
            row_number() over (
                partition by claim_id
                order by
                    fault desc,
                    case when fault = 'scale' then abs(magnitude - power) else abs(magnitude) end,
                    source,
                    edition,
                    basis,
                    year
            ) as standing
        from suspects

    ),

    final as (

        select
            claim_id,
            fault,
            source,
            edition,
            mineral,
            basis,
            basis_printed,
            stage,
            measure,
            year,
            whose,
            amount_as_published,
            amount,
            cast(case when fault = 'scale' then power else 0 end as integer) as power
        from ranked
        where standing = 1

    )

select *
from final
