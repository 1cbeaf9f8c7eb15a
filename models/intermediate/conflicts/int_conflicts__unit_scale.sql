{# Printed units that cannot be: the digits are those of an official figure, the size or the basis is not. #}
with

    scales as (select * from {{ ref("int_claims__scales") }}),

    claims as (select * from {{ ref("int_claims__intervals") }}),

    editions as (select * from {{ ref("int_editions__described") }}),

    suspects as (

        select
            scales.*,
            claims.document,
            claims.place,
            claims.unit,
            claims.unit_name,
            claims.bloc,
            claims.party,
            claims.subject,
            claims.statement,
            claims.figure,
            claims.printed,
            claims.locator,
            claims.text_line,
            -- The world's figure stands for the column.
            row_number() over (
                partition by
                    claims.document,
                    claims.place,
                    claims.mineral,
                    claims.measure,
                    claims.unit,
                    scales.fault,
                    scales.power
                order by case scales.whose when 'world' then 1 else 2 end, claims.text_line, claims.printed
            ) as standing
        from scales
        inner join claims on scales.claim_id = claims.claim_id

    ),

    final as (

        select
            'unit_scale' as rule,
            suspects.document
            || '|'
            || suspects.place
            || case
                when suspects.place = 'text' then ':' || cast(suspects.text_line as {{ dbt.type_string() }}) else ''
            end
            || '|'
            || suspects.measure
            || '|'
            || suspects.mineral
            || '|'
            || suspects.fault as found_key,
            'unit' as topic,
            'unit' as kind,
            suspects.subject || ': ' || case suspects.fault when 'scale' then 'unit' else 'basis' end as subject,
            suspects.statement as claim_a,
            suspects.printed as printed_a,
            suspects.document as document_a,
            suspects.locator as locator_a,
            suspects.text_line as text_line_a,
            'The official figure is '
            || {{ number_text("suspects.amount_as_published", 0) }}
            || ' t, '
            || replace(suspects.basis, '_', ' ')
            || '.' as claim_b,
            {{ number_text("suspects.amount_as_published", 0) }} || ' t' as printed_b,
            editions.document as document_b,
            suspects.source
            || ' '
            || suspects.edition
            || ', '
            || suspects.mineral
            || ', '
            || suspects.basis
            || ', '
            || suspects.measure
            || ', '
            || coalesce(suspects.party, 'world')
            || ', '
            || cast(suspects.year as {{ dbt.type_string() }}) as locator_b,
            cast(null as integer) as text_line_b,
            suspects.bloc,
            suspects.mineral,
            suspects.party,
            case suspects.fault when 'scale' then 'high' else 'medium' end as severity,
            case
                when suspects.fault = 'scale'
                then
                    'In '
                    || split_part(suspects.unit_name, ' (', 1)
                    || ' the figure is 10^'
                    || cast(abs(suspects.power) as {{ dbt.type_string() }})
                    || ' times too '
                    || case when suspects.power < 0 then 'small' else 'large' end
                    || ', while its digits agree with the official figure.'
                else
                    'The figure is that of the source to the last digit, but the source gives it as '
                    || replace(suspects.basis, '_', ' ')
                    || ', not as '
                    || replace(suspects.basis_printed, '_', ' ')
                    || '.'
            end as explanation
        from suspects
        inner join editions on suspects.source = editions.source and suspects.edition = editions.edition
        where suspects.standing = 1

    )

select *
from final
