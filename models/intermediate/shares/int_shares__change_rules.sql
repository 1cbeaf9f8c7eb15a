{# Under which rule a change of shares is split in the mart: the default one. The table macro asks for others. #}
with final as (select 'year_end' as membership_rule, 'as_signed' as eu_treatment) select * from final
